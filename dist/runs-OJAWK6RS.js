import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{gitHubRuns,listedRun}from"./chunk-MQ2NHUVN.js";import"./chunk-FRK3UY2Z.js";import"./chunk-HGZEEJHR.js";import"./chunk-65PGULVK.js";import"./chunk-ZCQV6VTO.js";export{gitHubRuns,listedRun};
