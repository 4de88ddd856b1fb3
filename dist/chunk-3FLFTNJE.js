import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
var package_default={version:"0.1.0",repository:{type:"git",url:"git+ssh://git@github.com/touchstone-ml/touchstone.git"},touchstone:{release:{tag:"v0.1.0",sha:"9d6d39e68f10d021fb8030db42216e09cd92c763"}}};export{package_default};
