import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{REPORT_FILES,keepReport,renderTerminal}from"./chunk-CNIAAUK3.js";import{renderJson}from"./chunk-7DC3RKWH.js";import{blocks}from"./chunk-JYL2XMY4.js";import{EXIT}from"./chunk-OQ7OSIZ4.js";import path from"node:path";async function tellRuns(runs,workbench,process,terminal){let texts=[];for(let run of runs){let folder=await keepReport(run,workbench,process.now());texts.push(`${renderTerminal(run,{colour:terminal.colour})}
All of it: ${shown(folder,process.cwd)}`)}await workbench.workspace.sweep(process.now());let documents=runs.map(renderJson),[only]=documents;return terminal.answer(texts.join(`

`),documents.length===1&&only!==void 0?only:{schema:"touchstone/runs/v1",runs:documents}),runs.some(blocks)?EXIT.blocked:EXIT.done}function shown(folder,cwd){return`${path.join(path.relative(cwd,folder),REPORT_FILES.html)}, and ${REPORT_FILES.markdown} beside it`}export{tellRuns};
