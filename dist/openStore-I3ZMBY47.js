import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{openStore}from"./chunk-QX6GPY4Q.js";import"./chunk-VDZCALB5.js";import"./chunk-MLWWZCFY.js";import"./chunk-65PGULVK.js";import"./chunk-ZCQV6VTO.js";export{openStore};
