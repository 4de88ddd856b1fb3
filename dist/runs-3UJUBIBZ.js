import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{gitHubRuns,listedRun}from"./chunk-SYT5HIVQ.js";import"./chunk-IXERBMHX.js";import"./chunk-OWFM6JJ5.js";import"./chunk-65PGULVK.js";import"./chunk-ZCQV6VTO.js";export{gitHubRuns,listedRun};
