import { blockedBy, MOST_LINES, youCan } from '../advice.ts';
import { circumstances } from '../circumstances.ts';
import { headline, signOfReport, underline } from '../headline.ts';
import type { RunReport } from '../runReport.ts';
import { sectionsOf, type Section } from '../sections.ts';
import { plainVoice } from '../voice.ts';
import { dataSummary } from './dataSummary.ts';
import { explanation } from './explanation.ts';
import { forest } from './forestTable.ts';
import { gateTable } from './gateTable.ts';
import { htmlVoice as voice, nameMarkup, said, shortened } from './htmlVoice.ts';
import { signIcon } from './icons.ts';
import { lineageSection } from './lineage.ts';
import { html, type Content, type Markup } from './markup.ts';
import { page, type Part } from './page.ts';
import { sectionTable } from './sectionTable.ts';

/**
 * The report as one HTML file that needs no network and no script: verdict, reasons and gates first, then differences,
 * curves, changed answers, data and lineage. Its size is bounded, whatever there is to tell. `made` is when the run was.
 */
export function renderHtml(report: RunReport, made?: Date): string {
  return page({
    title: shortened(headline(report, plainVoice), LONGEST_TITLE),
    header: html`${masthead(report, made)}${verdict(report)}`,
    opening: html`${advice(report)}${gateTable(report)}${keepInMind(report)}`,
    parts: partsOf(report),
    footer: 'Made by Touchstone. This file is whole: nothing in it is loaded from elsewhere.',
  });
}

/** What a tab or a bookmark has room for. */
const LONGEST_TITLE = 70;

function masthead({ model }: RunReport, made: Date | undefined): Markup {
  const when =
    made &&
    html`<time datetime="${made.toISOString()}">${made.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;
  return html`<div class="masthead">
    <span><b>Touchstone</b> · report on ${model}</span>${when}
  </div>`;
}

function verdict(report: RunReport): Markup {
  return html`<div class="verdict">
    <h1>${signIcon(signOfReport(report))}<span>${said(headline(report, voice))}</span></h1>
    <p>${said(underline(report, voice))}</p>
  </div>`;
}

function advice(report: RunReport): Content {
  const [reasons, remedies] = [blockedBy(report, voice), youCan(report, voice)];
  if (reasons.length + remedies.length === 0) return undefined;
  return html`<div class="advice">${bullets('Blocked by', reasons)}${bullets('You can', remedies)}</div>`;
}

function keepInMind(report: RunReport): Content {
  const sentences = circumstances(report, voice);
  return sentences.length > 0 && html`<div class="keep">${bullets('Keep in mind', sentences)}</div>`;
}

function bullets(title: string, sentences: readonly string[]): Content {
  if (sentences.length === 0) return undefined;
  const more = sentences.length - MOST_LINES;
  return html`<div>
    <h2>${title}</h2>
    <ul>
      ${sentences.slice(0, MOST_LINES).map((each) => html`<li>${said(each)}</li>`)}${
        more > 0 && html`<li>${more} more.</li>`
      }
    </ul>
  </div>`;
}

function partsOf(report: RunReport): readonly Part[] {
  const { judgement, datasets, reproduce } = report;
  // What makes the report again has a place of its own here.
  const sections = sectionsOf({ ...report, reproduce: [] }, voice);
  const about = (topic: Section['topic']): readonly Section[] => sections.filter((section) => section.topic === topic);
  const tables = (topic: Section['topic']): Content => about(topic).map(sectionTable);
  const titled = (topic: Section['topic']): Content =>
    about(topic).map(
      (section) =>
        html`<h3>${section.title}</h3>
          ${sectionTable(section)}`,
    );
  const folded = (topic: Section['topic']): Content =>
    about(topic).map(
      (section) =>
        html`<details>
          <summary>${section.title}</summary>
          ${sectionTable(section)}
        </details>`,
    );
  return [
    {
      id: 'differences',
      ...(apart(report)
        ? { title: 'Differences by metric and slice', body: forest(judgement, 'difference') }
        : { title: 'Values by metric and slice', body: html`${sameBytes(report)}${forest(judgement, 'value')}` }),
    },
    ...explanation(report),
    {
      id: 'data',
      title: 'Data',
      body: html`${tables('data')}${titled('anomalies')}${dataSummary(datasets)}`,
    },
    {
      id: 'lineage',
      title: 'Lineage',
      body: html`${sectionTable(lineageSection(report))}${folded('training')}${folded('claims')}`,
    },
    { id: 'judging', title: 'How it was judged', body: html`${tables('judging')}` },
    ...again(reproduce),
  ];
}

/** Whether there are two models: the same bytes twice have no differences to draw. */
function apart({ candidate, baseline }: RunReport): boolean {
  return baseline !== undefined && baseline.digest !== candidate.digest;
}

function sameBytes({ baseline }: RunReport): Content {
  return (
    baseline !== undefined &&
    html`<p class="empty">The candidate is ${nameMarkup(baseline.label)}, byte for byte: every difference is zero.</p>`
  );
}

function again(reproduce: readonly string[]): readonly Part[] {
  if (reproduce.length === 0) return [];
  const lines = reproduce.map((line) => html`${line} `);
  return [{ id: 'again', title: 'How to make this again', body: html`<pre>${lines}</pre>` }];
}
