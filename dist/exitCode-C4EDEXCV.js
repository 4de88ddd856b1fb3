import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{EXIT}from"./chunk-OQ7OSIZ4.js";import"./chunk-ZCQV6VTO.js";export{EXIT};
