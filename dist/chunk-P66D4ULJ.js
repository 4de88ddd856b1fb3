import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);
var UNPRINTABLE=/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;function printable(text,longest){let characters=[...text.slice(0,2*longest+2)];return(characters.length>longest?`${characters.slice(0,longest-1).join("")}\u2026`:text).replace(UNPRINTABLE,character=>character===`
`?"\\n":character==="	"?"\\t":`\\u${(character.codePointAt(0)??0).toString(16).padStart(4,"0")}`)}export{printable};
