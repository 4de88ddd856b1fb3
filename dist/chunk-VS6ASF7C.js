import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
function evidenceOfVerdict({record,judgement}){let{holdout,name,digest}=record,latency=judgement.findings.filter(({metric})=>metric==="latencyMs");return{...judgement.verdict,holdout,name,digest,latency}}export{evidenceOfVerdict};
