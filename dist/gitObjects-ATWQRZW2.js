import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{gitHubObjects,hashOfBlob}from"./chunk-BGQL6DX4.js";import"./chunk-GIQLDPY3.js";import"./chunk-IXERBMHX.js";import"./chunk-HDNB3IWQ.js";import"./chunk-OWFM6JJ5.js";import"./chunk-65PGULVK.js";import"./chunk-ZCQV6VTO.js";export{gitHubObjects,hashOfBlob};
