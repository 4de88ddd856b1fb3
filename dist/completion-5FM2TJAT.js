import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
import{modelLog}from"./chunk-MGZ424FQ.js";import{EXIT}from"./chunk-OQ7OSIZ4.js";import{readLog}from"./chunk-CMY3I7NK.js";import{Workspace}from"./chunk-2IFTRS46.js";import"./chunk-H33UAIAS.js";import"./chunk-4SAOBLZ5.js";import"./chunk-GRBWK5FX.js";import"./chunk-2WH7IUAV.js";import{readConfig}from"./chunk-T6QLGELW.js";import"./chunk-ZLXZUHAW.js";import"./chunk-Z6OCE3DZ.js";import"./chunk-LOKXPAJX.js";import"./chunk-Z4JVNYCM.js";import"./chunk-IXHWPNFG.js";import"./chunk-CAUARLE2.js";import"./chunk-R23SXVVE.js";import{FolderStore}from"./chunk-VDZCALB5.js";import"./chunk-MLWWZCFY.js";import"./chunk-OWFM6JJ5.js";import"./chunk-X4ZDUPHH.js";import"./chunk-2CJY63WP.js";import"./chunk-65PGULVK.js";import"./chunk-ZCQV6VTO.js";import path from"node:path";function completeWords(program,words){let typed=words.at(-1)??"",line=walk(program,words.slice(0,-1));if(line.awaiting!==void 0)return valueOf(line.awaiting,typed,"",line);let assigned=/^(--[^=]+)=(.*)$/.exec(typed);if(assigned!==null){let[,name="",begun=""]=assigned,option=line.command.options.find(({long})=>long===name);return option===void 0?NOTHING:valueOf(option,begun,`${name}=`,line)}if(typed.startsWith("-"))return options(line,typed);let commands=line.command.commands.filter(each=>!isHidden(each));if(commands.length>0)return fitting(typed,commands.map(each=>({word:each.name(),description:each.description()})));let parameters=line.command.registeredArguments,parameter=parameters[line.operands.length]??(parameters.at(-1)?.variadic===!0?parameters.at(-1):void 0);return parameter===void 0?options(line,typed):valueOf(parameter,typed,"",line)}var NOTHING={kind:"words",candidates:[]};function walk(program,words){let command=program,awaiting,config,operands=[],given=new Set;for(let word of words){if(awaiting!==void 0){awaiting.long==="--config"&&(config=word),awaiting=void 0;continue}let name=word.split("=",1)[0]??word,option=command.options.find(({long,short})=>long===name||short===name);if(option!==void 0){given.add(option),name==="--config"&&word!==name&&(config=word.slice(name.length+1)),takesValue(option)&&word===name&&(awaiting=option);continue}let below=command.commands.find(each=>each.name()===word);below!==void 0&&operands.length===0?command=below:word.startsWith("-")||operands.push(word)}return{command,operands,given,...awaiting&&{awaiting},...config!==void 0&&{config}}}function options({command,given},typed){let open=command.options.filter(option=>!option.hidden&&!given.has(option));return fitting(typed,open.map(({long,description})=>({word:long??"",description})))}function valueOf(wanted,typed,prefix,{operands,config}){let{argChoices}=wanted;return argChoices!==void 0?{kind:"words",candidates:argChoices.filter(each=>each.startsWith(typed)).map(each=>({word:`${prefix}${each}`,description:""}))}:{kind:"values",of:"flags"in wanted?/[<[]([^>\]]+)/.exec(wanted.flags)?.[1]??"":wanted.name(),prefix,typed,operands,...config!==void 0&&{config}}}function fitting(typed,candidates){return{kind:"words",candidates:candidates.filter(({word})=>word!==""&&word.startsWith(typed))}}function takesValue({required,optional}){return required||optional}function isHidden(command){return"_hidden"in command&&command._hidden===!0}var BASH=`_touchstone() {
  local line=\${COMP_LINE:0:COMP_POINT} answer IFS=$' \\t\\n'
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local current=\${words[\${#words[@]}-1]}
  answer=$("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null) || return
  COMPREPLY=()
  if [[ $answer == ':files' ]]; then
    compopt -o default 2>/dev/null
    return
  fi
  local kept=\${current%"\${current##*[@=:]}"} each
  while IFS= read -r each; do
    each=\${each%%$'\\t'*}
    [[ -n $each ]] && COMPREPLY+=("\${each#"$kept"}")
  done <<< "$answer"
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[@=] ]] && compopt -o nospace 2>/dev/null
}
complete -F _touchstone touchstone
`,ZSH=`#compdef touchstone
_touchstone() {
  local each answer
  local -a described
  answer=$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null) || return
  if [[ $answer == ':files' ]]; then
    _files
    return
  fi
  for each in "\${(@f)answer}"; do
    [[ -n $each ]] && described+=("\${\${each%%$'\\t'*}//:/\\\\:}:\${each#*$'\\t'}")
  done
  (( $#described )) && _describe -V touchstone described
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _touchstone touchstone
`,FISH=`function __touchstone_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l answer ($words[1] complete -- $words[2..-1] 2>/dev/null)
  if test "$answer" = ':files'
    __fish_complete_path (commandline -ct)
  else if test (count $answer) -gt 0
    printf '%s\\n' $answer
  end
end
complete -c touchstone -f -a '(__touchstone_complete)'
`,COMPLETION_SCRIPTS={bash:BASH,zsh:ZSH,fish:FISH};function completion({terminal},shell){let script=COMPLETION_SCRIPTS[shell];return terminal.answer(script,{schema:"touchstone/completion/v1",shell,script}),Promise.resolve(EXIT.done)}async function complete(program,process,words){try{let wanted=completeWords(program,words),candidates=wanted.kind==="words"?wanted.candidates:await valuesFor(wanted,process),lines=candidates==="files"?[":files"]:candidates.map(({word,description})=>`${word}	${oneLine(description)}`);lines.length>0&&process.stdout.write(`${lines.join(`
`)}
`)}catch{}return EXIT.done}async function valuesFor(wanted,process){let{of,prefix,typed}=wanted,found=await lookUp(wanted,process);if(found==="files")return"files";let fitting2=found.filter(({word})=>word.startsWith(typed)&&isPlain(word)).map(({word,description})=>({word:`${prefix}${word}`,description}));return fitting2.length===0&&of.includes("path")?"files":fitting2}async function lookUp({of,operands,config:named},process){if(of==="file"||of==="path"||of==="folder")return"files";if(!["model","version","environment","run","version or path"].includes(of))return[];let config=await readConfig({cwd:process.cwd,...named!==void 0&&{path:named}});switch(of){case"model":return[...config.models.values()].map(({name,task})=>({word:name,description:task.kind}));case"environment":return environments(config,operands[0]);case"run":return(await new Workspace(config.root).listRuns()).toReversed().map(word=>({word,description:"run"}));default:return versions(config,process)}}function environments({models},named){let own=[...models.values()].filter(({name})=>named===void 0||named.split("@",1)[0]===name);return[...new Set(own.flatMap(({deploy})=>deploy.environments))].map(word=>({word,description:"environment"}))}async function versions(config,process){if(config.registry.kind!=="folder")return[];let store=new FolderStore(path.resolve(config.root,config.registry.path),process.now),found=[...config.models.keys()].map(async name=>{let{state}=await readLog(store,modelLog(name));return state.versions.toReversed().map(({number,registeredAt})=>({word:`${name}@v${number}`,description:`registered ${registeredAt}`}))});return(await Promise.all(found)).flat()}function isPlain(word){return/^[\w@.:/+-]+$/.test(word)}function oneLine(text){return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g," ")}export{complete,completion};
