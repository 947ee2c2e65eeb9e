import { escapeMarkdown, tableLines } from "../../analysis/markdown.ts";
import { git } from "./git.ts";
import { isoTime, reasonOf, type EvidenceContext, type EvidenceItem, type EvidenceRow } from "./item.ts";
import { requirementTitle } from "./requirements.ts";

/** One item of the evidence, as it is written. */
export interface EvidenceSection {
    readonly id: string;
    readonly title: string;
    readonly requirements: readonly { readonly id: string; readonly title: string }[];
    readonly source: string;
    readonly readAt: string | null;
    readonly rows: readonly EvidenceRow[];
    /** What could not be read, and why; empty where everything was. */
    readonly missing: readonly string[];
}

export interface Evidence {
    readonly stack: string;
    readonly account: string;
    readonly region: string;
    readonly from: string | null;
    readonly to: string | null;
    /** Who collected it. */
    readonly by: string;
    /** The commit of the checkout that collected it; null where Git has none. */
    readonly commit: string | null;
    readonly sections: readonly EvidenceSection[];
}

/** Reads every item, one after the other; one that cannot be read is listed as missing with the reason. */
export async function collectEvidence(context: EvidenceContext, items: readonly EvidenceItem[]): Promise<Evidence> {
    const { stack, settings, caller, from, to, command } = context;
    const commit = await git(command.root, "rev-parse", "HEAD").then(
        (text) => text.trim(),
        () => null,
    );
    const sections: EvidenceSection[] = [];
    for (const item of items) {
        command.progress.step(`reading: ${item.title}`);
        sections.push(await readSection(context, item));
    }
    return {
        ...{ stack, account: caller.account, region: settings.region },
        ...{ from: isoTime(from), to: isoTime(to), by: caller.arn, commit, sections },
    };
}

async function readSection(context: EvidenceContext, item: EvidenceItem): Promise<EvidenceSection> {
    const { id, title, source } = item;
    const requirements = item.requirements.map((each) => ({ id: each, title: requirementTitle(each) }));
    const readAt = isoTime(context.command.clock.now());
    try {
        const { rows, gaps = [] } = await item.read(context);
        return { id, title, requirements, source, readAt, rows, missing: gaps };
    } catch (error) {
        return { id, title, requirements, source, readAt, rows: [], missing: [reasonOf(error, context)] };
    }
}

/** Each reason for which something is missing, once, with a text of each item that it is missing from. */
export const missingLines = (
    sections: readonly EvidenceSection[],
    nameOfItem: (section: EvidenceSection) => string,
): string[] => {
    const all = sections.flatMap((section) => section.missing.map((reason) => ({ reason, item: nameOfItem(section) })));
    return [...Map.groupBy(all, ({ reason }) => reason)].map(
        ([reason, of]) => `${of.map(({ item }) => item).join("; ")}: ${reason}`,
    );
};

/** The evidence for readers: what is missing first, then a table for each item. */
export function evidenceMarkdown(evidence: Evidence): string {
    const { stack, account, region, from, to, by, commit, sections } = evidence;
    const missing = missingLines(sections, ({ title }) => title).map((line) => `- ${escapeMarkdown(line)}`);
    return [
        `# Evidence of ${stack}`,
        "",
        `Account ${account}, ${region}, from ${from} to ${to}. Collected by \`${by}\` with \`npm run evidence\` of commit ${commit ?? "unknown"}.`,
        "",
        "## What is missing",
        "",
        ...(missing.length === 0 ? ["Nothing."] : missing),
        "",
        ...sections.flatMap(sectionLines),
    ].join("\n");
}

function sectionLines({ title, requirements, source, readAt, rows, missing }: EvidenceSection): string[] {
    const columns = Object.keys(rows[0] ?? {});
    const table = tableLines(
        columns,
        rows.map((row) => columns.map((column) => cellText(row[column]))),
    );
    return [
        `## ${title}`,
        "",
        ...requirements.map((each) => `- ${each.id}: ${each.title}`),
        "",
        `${source} Read at ${readAt}.`,
        "",
        ...missing.map((reason) => `**Missing**: ${escapeMarkdown(reason)}`),
        ...(rows.length > 0 ? table : missing.length > 0 ? [] : ["None in the period."]),
        "",
    ];
}

const cellText = (value: EvidenceRow[string] | undefined): string =>
    escapeMarkdown(String(value ?? "").replace(/\s+/g, " "));
