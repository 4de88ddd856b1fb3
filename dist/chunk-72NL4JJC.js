import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
var package_default={version:"0.1.0",repository:{type:"git",url:"git+ssh://git@github.com/touchstone-ml/touchstone.git"},touchstone:{release:{tag:"v0.1.0",sha:"eb817fce5b3c9443c94814d37e145a5ddcd91349"}}};export{package_default};
