import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import path from"node:path";function pathInside(folder,file,on=path){let between=on.relative(folder,file);return between===".."||between.startsWith(`..${on.sep}`)||on.isAbsolute(between)?void 0:between.split(on.sep).join("/")}export{pathInside};
