import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{gitHubObjects,hashOfBlob}from"./chunk-ZGY5BWEB.js";import"./chunk-GIQLDPY3.js";import"./chunk-FRK3UY2Z.js";import"./chunk-HGZEEJHR.js";import"./chunk-65PGULVK.js";import"./chunk-ZCQV6VTO.js";export{gitHubObjects,hashOfBlob};
