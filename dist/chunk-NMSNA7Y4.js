import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
var package_default={version:"0.1.0",repository:{type:"git",url:"git+ssh://git@github.com/touchstone-ml/touchstone.git"},touchstone:{release:{tag:"v0.1.0",sha:"41b6b4c156c57d670cedb3f19dc771f01171b228"}}};export{package_default};
