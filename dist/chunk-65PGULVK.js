import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
function formatProblem(problem){let expected=problem.expected===void 0?"":` Expected ${problem.expected}.`,remedy=problem.remedy===void 0?"":` ${problem.remedy}.`,excerpt=(problem.excerpt??[]).map(line=>`
  | ${line}`).join("");return`${problem.where}: ${problem.found}.${expected}${remedy}${excerpt}`}var UserMistake=class extends Error{code;problems;constructor(code,...problems){super(problems.map(formatProblem).join(`
`)),this.name="UserMistake",this.code=code,this.problems=problems}},ServiceFailure=class extends Error{code;constructor(code,problem,options){super(formatProblem(problem),options),this.name="ServiceFailure",this.code=code}};export{formatProblem,UserMistake,ServiceFailure};
