import { customProperties, DARK, LIGHT } from './palette.ts';

/** The page's whole style: wide and narrow, light and dark, and on paper. */
export const STYLE_SHEET = `
:root{color-scheme:light dark;${customProperties(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${customProperties(DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums}
.page{overflow-x:clip;max-width:66rem;margin:0 auto;padding:0 1.5rem 4rem}
a{color:inherit;text-decoration-color:var(--muted);text-underline-offset:.2em}
a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--candidate);outline-offset:2px;border-radius:2px}
h1,h2,h3,h4{line-height:1.25;margin:0;font-weight:650;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .35rem}
h3{font-size:1rem;margin:1.75rem 0 .35rem}
h4{font-size:.9rem;margin:0 0 .25rem}
p{margin:.35rem 0;max-width:46rem;overflow-wrap:anywhere}
code,kbd,pre{font:.9em/1.45 ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
h1 code,h3 code,h4 code,th code,strong code{font-weight:inherit}
.muted,.note{color:var(--muted)}
.note{font-size:.87rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.icon{display:inline-block;width:1em;height:1em;vertical-align:-.14em;flex:none;fill:none;stroke:currentColor;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}
.good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--open)}.none{color:var(--muted)}

.masthead{display:flex;justify-content:space-between;gap:1rem;padding:1rem 0;font-size:.87rem;color:var(--muted);border-bottom:1px solid var(--line)}
.masthead b{color:var(--ink);font-weight:650}
.verdict{padding:1.6rem 0 1.2rem}
.verdict h1{display:flex;gap:.65rem;font-size:1.6rem;letter-spacing:-.01em}
.verdict h1 .icon{margin-top:.13em}
.verdict p{margin:.6rem 0 0 2.27rem;max-width:none;color:var(--muted)}
.verdict strong{color:var(--ink);font-weight:600}
.contents{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:1.6rem 0 0;padding:.6rem 0;font-size:.87rem;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.contents a{color:var(--muted);text-decoration:none;padding:.15rem 0}
.contents a:hover{color:var(--ink);text-decoration:underline}
.advice{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem 2.5rem;margin:0 0 1.4rem}
.advice h2{font-size:.95rem;margin:0}
ul{margin:.3rem 0;padding-left:1.15rem}
li{margin:.22rem 0;overflow-wrap:anywhere}
li::marker{color:var(--muted)}
section.part{padding-top:2.6rem}
.keep{font-size:.9rem;color:var(--muted);max-width:52rem}
.keep h2{font-size:.9rem;color:var(--ink);margin-top:1.2rem}

.scroll{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--muted);font-size:.87rem;padding:0 0 .35rem}
th,td{padding:.38rem .9rem .38rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-weight:500;font-size:.82rem;vertical-align:bottom;border-bottom:1px solid var(--line)}
tbody th{font-weight:400}
tfoot td{border:0}
.number{text-align:right}
td.number{white-space:nowrap}
.wrap{overflow-wrap:anywhere}
.small{display:block;font-size:.82rem;color:var(--muted)}
.only-narrow,.only-print{display:none}
.blocking{font-weight:650}
.gates th:first-child{width:29%}
.name{display:flex;gap:.5em;align-items:baseline}
.nowrap{white-space:nowrap}
.pair span{white-space:nowrap}
.name .small.only-narrow{white-space:nowrap}

.forest{table-layout:fixed}
.forest th:first-child{width:26%}
.forest .rows{width:4.2rem}.forest .value{width:5.4rem}.forest .difference{width:13.4rem}
.forest td,.forest tbody th{vertical-align:middle}
.forest thead th.plot{text-align:center}
.forest td.plot{position:relative;padding:0}
.forest .plot{padding:0 0 .38rem}
.forest td.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.forest tfoot td{height:1.5rem;padding:0}
.forest .name code{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.forest .overall th{font-weight:650}
.aside{font-weight:400;color:var(--muted)}
.plot .axis-end{display:flex;justify-content:space-between;gap:.5rem}

svg{display:block}
svg text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;fill:var(--muted)}
svg text.title{fill:var(--ink)}
.grid{stroke:var(--grid);fill:none}
.axis{stroke:var(--muted);fill:none}
.zero{stroke:var(--muted)}
.reference{stroke:var(--muted);stroke-dasharray:1.5 3.5;stroke-linecap:round;fill:none}
.candidate-line{stroke:var(--candidate);stroke-width:2;fill:none;stroke-linejoin:round}
.baseline-line{stroke:var(--baseline);stroke-width:1.75;fill:none;stroke-dasharray:5 3;stroke-linejoin:round}
.candidate-bar{stroke:var(--candidate);stroke-width:1.5}
.baseline-bar{stroke:var(--baseline);stroke-width:1.25}
.candidate-dot{fill:var(--candidate);stroke:var(--page);stroke-width:.75}
.baseline-dot{fill:var(--page);stroke:var(--baseline);stroke-width:1.6}
.candidate-area{fill:var(--candidate);fill-opacity:.16}
.candidate-points{stroke:var(--candidate);stroke-width:4.2;stroke-linecap:round;stroke-opacity:.5;fill:none}
.baseline-points{stroke:var(--baseline);stroke-width:1.1;stroke-opacity:.85;fill:none}
.margin{stroke:var(--open);stroke-width:2}
.interval{stroke:currentColor;stroke-width:2}
.point{fill:currentColor;stroke:currentColor;stroke-width:2}
.point-open{fill:var(--page);stroke:currentColor;stroke-width:2}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:1.6rem 1.4rem;margin:.9rem 0}
.charts.large-charts{grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr))}
.charts.small-charts{grid-template-columns:repeat(auto-fill,minmax(min(100%,13.5rem),1fr));gap:1.2rem 1.4rem}
figure{margin:0;min-width:0;break-inside:avoid}
figure svg{width:100%;height:auto;max-width:25rem}
.large-charts figure svg{max-width:31rem}
.small-charts figure svg{max-width:19rem}
figcaption{font-size:.87rem;margin:0 0 .3rem;overflow-wrap:anywhere}
figcaption b{font-weight:650;display:block}
figcaption .nowrap{color:var(--muted)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.3rem;font-size:.87rem;color:var(--muted);margin:.4rem 0;padding:0;list-style:none}
.legend li{display:flex;align-items:center;gap:.45em;margin:0}
.legend svg{flex:none}

.matrices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19.5rem),1fr));gap:1.4rem 1.6rem;margin:.9rem 0}
.matrices.wide{grid-template-columns:minmax(0,1fr)}
.matrix{width:auto;font-size:.82rem}
.matrix th,.matrix td{border:1px solid var(--page);padding:.28rem .2rem;text-align:center;vertical-align:middle;min-width:1.75rem}
.matrix caption{caption-side:top}
.matrix thead th,.matrix tbody th{color:var(--muted);font-weight:500;font-size:.8rem;max-width:7.5rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;border:0}
.matrix tbody th{text-align:right;padding-right:.5rem;min-width:0}
.matrix.few td{min-width:5rem;padding:.7rem .5rem;font-size:.95rem}
.matrix td.diagonal{outline:1px solid var(--line);outline-offset:-1px}
.matrix .zero-cell{color:var(--muted)}
.r1{background:var(--right-1)}.r2{background:var(--right-2)}.r3{background:var(--right-3)}.r4{background:var(--right-4)}.r5{background:var(--right-5)}
.w1{background:var(--wrong-1)}.w2{background:var(--wrong-2)}.w3{background:var(--wrong-3)}.w4{background:var(--wrong-4)}.w5{background:var(--wrong-5)}

.flips{font-size:.84rem}
.flips td,.flips th{max-width:12rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.flips td .small{display:inline;margin-left:.35em}
.balance{display:flex;flex-wrap:wrap;gap:.2rem 1.6rem;margin:.4rem 0 .2rem}
.balance b{font-size:1.15rem;font-weight:650}
.bar{fill:var(--candidate);fill-opacity:.55}
.bars td.share{width:24%}
.bars svg{width:100%;height:.6rem}

details{margin:.6rem 0;border-top:1px solid var(--grid)}
details+details{margin-top:-.15rem}
summary{cursor:pointer;padding:.5rem 0;font-weight:500;overflow-wrap:anywhere}
summary:hover{color:var(--candidate)}
summary::marker{color:var(--muted)}
.facts th{width:13rem;color:var(--muted)}
.facts td{overflow-wrap:anywhere}
pre{background:var(--panel);border-radius:5px;padding:.8rem 1rem;margin:.5rem 0;white-space:pre-wrap}
kbd{background:var(--panel);padding:.1em .35em;border-radius:3px}
.empty{background:var(--panel);border-radius:5px;padding:.8rem 1rem;color:var(--muted);max-width:none}
footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--line);font-size:.82rem;color:var(--muted)}

@media (max-width:58rem){
.gives{display:none}
}
@media (max-width:44rem){
body{font-size:14.5px}
.page{padding:0 1rem 3rem}
.verdict h1{font-size:1.25rem}
.verdict p{margin-left:0}
.only-wide-cell,.forest .rows{display:none}
.only-narrow{display:block}
table{font-size:.85rem}
th,td{padding-right:.6rem}
.gates{table-layout:fixed}
.gates th:first-child{width:36%}
.gates thead th:last-child{width:27%}
.pair span{display:block}
.gates td.number,.forest td.difference{white-space:normal}
.gates .muted,.forest .difference .nowrap+.nowrap{font-size:.92em;letter-spacing:-.015em}
.forest th:first-child{width:32%}
.forest .difference{width:8.2rem}
.forest .difference .nowrap{display:block}
.facts th{width:7rem}
.bars td.share{width:16%}
}
@media print{
@page{margin:14mm}
body{font-size:9.5pt}
.page{max-width:none;padding:0}
.contents,.screen{display:none}
section.part{padding-top:1.4rem}
h2,h3,h4,caption,summary,figcaption,thead,.legend,.note{break-after:avoid}
h2+*{break-before:avoid}
tr,figure,.matrix,.advice>div,li{break-inside:avoid}
thead{display:table-header-group}
tfoot{display:table-row-group}
details{border:0}
details::details-content{content-visibility:visible;block-size:auto;height:auto;opacity:1}
summary{list-style:none;padding:.3rem 0}
summary::-webkit-details-marker{display:none}
.scroll{overflow:visible}
.charts{grid-template-columns:repeat(3,1fr);gap:1rem 1.2rem}
.charts.large-charts{grid-template-columns:1fr 1fr}
.charts.small-charts{grid-template-columns:repeat(4,1fr)}
.flips td,.flips th{white-space:normal;overflow-wrap:break-word;font-size:7.5pt;padding-right:.4rem}
.flips th:nth-child(n+10),.flips td:nth-child(n+10){display:none}
.only-print{display:block}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`.replaceAll('\n', '');
