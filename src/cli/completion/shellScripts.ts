export type Shell = 'bash' | 'zsh' | 'fish';

// Each script hands the words before the cursor to "touchstone complete", which answers a line for each candidate,
// "word<tab>description", or ":files" where a file is asked for. Whatever goes wrong there, the shell hears nothing.

// Bash breaks words at "@", "=" and ":" too, and replaces only what stands after the last of them: the line is read as
// it was typed, and what stands before is taken off the answers.
const BASH = `_touchstone() {
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
`;

const ZSH = `#compdef touchstone
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
`;

const FISH = `function __touchstone_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l answer ($words[1] complete -- $words[2..-1] 2>/dev/null)
  if test "$answer" = ':files'
    __fish_complete_path (commandline -ct)
  else if test (count $answer) -gt 0
    printf '%s\\n' $answer
  end
end
complete -c touchstone -f -a '(__touchstone_complete)'
`;

/** What a shell evaluates to complete the words of `touchstone`. */
export const COMPLETION_SCRIPTS: { readonly [shell in Shell]: string } = { bash: BASH, zsh: ZSH, fish: FISH };
