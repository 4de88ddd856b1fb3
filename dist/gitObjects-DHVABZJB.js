import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{gitHubObjects,hashOfBlob}from"./chunk-SHFC3LOT.js";import"./chunk-GIQLDPY3.js";import"./chunk-FRK3UY2Z.js";import"./chunk-HDNB3IWQ.js";import"./chunk-HGZEEJHR.js";import"./chunk-65PGULVK.js";import"./chunk-ZCQV6VTO.js";export{gitHubObjects,hashOfBlob};
