import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
var EXIT={done:0,blocked:1,mistake:2,service:3,bug:70,interrupted:130};export{EXIT};
