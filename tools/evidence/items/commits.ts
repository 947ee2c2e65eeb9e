import { readExceptions } from "../../../checks/exceptions.ts";
import { stackNamesIn } from "../../../plan/stack-file.ts";
import { dayOf } from "../../frame/values.ts";
import { git } from "../git.ts";
import { isoTime, readOnce, type EvidenceContext, type EvidenceItem } from "../item.ts";

/** Before each commit and between its fields: no name, subject or path contains them. */
const [recordSign, fieldSign] = ["\u001e", "\u001f"];
const commitFormat = `${recordSign}${["%H", "%cI", "%an", "%cn", "%(trailers:key=Reviewed-by,valueonly,separator=%x2C)", "%s"].join(fieldSign)}${fieldSign}`;

/** As in `commitFormat`; Git prints the paths after it. */
type CommitFields = [
    commit: string,
    at: string,
    author: string,
    committer: string,
    reviewers: string,
    subject: string,
    paths: string,
];

/** What a path is of, by its first letters: the first entry counts. */
const kindsByPrefix = (stack: string): readonly (readonly [prefix: string, kind: string])[] => [
    [`Pulumi.${stack}.yaml`, "settings"],
    [`golden/${stack}.`, "settings"],
    [`approvals/${stack}.json`, "settings"],
    ["checks/exceptions.yaml", "exceptions"],
    ["checks/", "checks"],
    ["analysis/", "checks"],
    // What guardrails there are, who must meet them, and how a waiver counts.
    ...["guardrails.ts", "compliance.ts", "waivers.ts"].map((file) => [`lib/settings/${file}`, "checks"] as const),
    [".github/", "workflows"],
    ["bootstrap/", "workflows"],
    ["Pulumi.yaml", "code"],
    ["Pulumi.", "other stacks"],
    ["golden/", "other stacks"],
    ["approvals/", "other stacks"],
    ["test/", "tests"],
    ...["docs/", "README.md", "CHANGELOG.md", "AGENTS.md"].map((prefix) => [prefix, "pages"] as const),
    ["", "code"],
];

/** Kinds of change that an auditor reads one by one, the most important first. */
const controlKinds = ["settings", "exceptions", "checks", "workflows"];

interface Commit {
    readonly kinds: readonly string[];
    readonly row: Readonly<Record<string, string | null>>;
}

/** All commits of the period, the newest first. Its dates are those that their committers gave. */
const commitsOf = readOnce(async ({ stack, from, to, command: { root } }): Promise<readonly Commit[]> => {
    const log = await git(
        root,
        // `--since` would stop at a commit with an older date, and leave out all before it.
        ...["log", `--since-as-filter=${isoTime(from)}`, `--until=${isoTime(to)}`, `--format=${commitFormat}`],
        // Of a merge: what it brought to the branch. A file that was moved counts by both names.
        ...["--name-only", "--no-renames", "--relative", "--diff-merges=first-parent"],
        // Git quotes some names otherwise, such as one with an accent.
        "-z",
    );
    const prefixes = kindsByPrefix(stack);
    return log
        .split(recordSign)
        .slice(1)
        .map((text) => {
            const [commit, at, author, committer, reviewers, subject, paths] = text.split(fieldSign) as CommitFields;
            const found = paths
                .split("\0")
                // A line end is before the first.
                .map((path) => path.trim())
                .filter((path) => path !== "")
                .map((path) => prefixes.find(([prefix]) => path.startsWith(prefix))?.[1]);
            const kinds = [...new Set(prefixes.map(([, kind]) => kind))].filter((kind) => found.includes(kind));
            // Names alone: addresses are personal data.
            const reviewedBy = reviewers.replace(/\s*<[^>]*>/g, "");
            const row = { at: isoTime(Date.parse(at)), author, committer, reviewedBy, commit, subject };
            return { kinds, row: { changes: kinds.join(", "), ...row } };
        });
});

/** Commits with an older date than a parent, where the wrong one of both dates may be all that keeps one out of the period. */
async function dateGaps({ from, to, command: { root } }: EvidenceContext): Promise<string[]> {
    const history = (await git(root, "log", "--format=%H %ct %P"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
            const [commit = "", seconds, ...parents] = line.split(" ");
            return { commit, time: Number(seconds) * 1000, parents };
        });
    const times = new Map(history.map(({ commit, time }) => [commit, time]));
    return history.flatMap(({ commit, time, parents }) =>
        parents
            .map((parent) => ({ parent, parentTime: times.get(parent) ?? 0 }))
            .filter(({ parentTime }) => time < parentTime && time <= to && parentTime >= from)
            .filter(({ parentTime }) => time < from || parentTime > to)
            .map(
                ({ parent, parentTime }) =>
                    `commit ${commit} of ${isoTime(time)} is older than its parent ${parent} of ${isoTime(parentTime)}: one of the dates is wrong, and commits of the period may be missing`,
            ),
    );
}

/** The place of a commit's most important kind; the number of all for one that changes no control. */
const rankOf = ({ kinds }: Commit): number => {
    const [rank = controlKinds.length] = controlKinds.flatMap((kind, i) => (kinds.includes(kind) ? [i] : []));
    return rank;
};

const requirements = ["PCI-6.5.1"];

const commits: EvidenceItem = {
    id: "commits",
    title: "Commits that changed the stack's settings, exceptions, checks or workflows",
    requirements,
    source: "Git: the history of the commit that this report names; settings first. A merge has what it brought. Approvals of pull requests are in GitHub.",
    read: async (context) => {
        const { root } = context.command;
        const isShallow = (await git(root, "rev-parse", "--is-shallow-repository")).trim() === "true";
        const changed = (await git(root, "status", "--porcelain", "--", "."))
            .split("\n")
            .filter((line) => line !== "")
            // After two letters that say how it has changed.
            .map((line) => line.slice(3));
        const all = await commitsOf(context);
        return {
            rows: all
                .filter((commit) => rankOf(commit) < controlKinds.length)
                .toSorted((a, b) => rankOf(a) - rankOf(b))
                .map(({ row }) => row),
            gaps: [
                ...(isShallow ? ["this clone is shallow: earlier commits are not in it"] : []),
                ...(await dateGaps(context)),
                ...(changed.length === 0
                    ? []
                    : [
                          `the working tree has changes that no commit has, and this report was read with them: ${changed.slice(0, 5).join(", ")}${changed.length > 5 ? ` and ${changed.length - 5} more` : ""}`,
                      ]),
            ],
        };
    },
};

/** The last item of the report, for it may be long. */
export const otherCommits: EvidenceItem = {
    id: "other-commits",
    title: "All other commits: code, tests, pages and other stacks",
    requirements,
    source: "Git: as the commits that changed settings and controls.",
    read: async (context) => ({
        rows: (await commitsOf(context))
            .filter((commit) => rankOf(commit) === controlKinds.length)
            .map(({ row }) => row),
    }),
};

/** What the stack may break, and for how long. */
const exceptions: EvidenceItem = {
    id: "exceptions",
    title: "Exceptions from checks, and waivers of guardrails",
    requirements,
    source: "checks/exceptions.yaml and the stack file, as they are now, without what expired before the period. A waiver has no owner: its commit has who recorded it. What was removed is in the commits.",
    read: async ({ stack, settings, from, command }) => {
        const rules = (await command.rules()).map(({ name }) => name);
        const all = readExceptions(command.root, { rules, stacks: stackNamesIn(command.root) });
        return {
            rows: [
                ...all
                    .filter((each) => each.stack === stack && each.expires >= dayOf(from))
                    .map(({ rule, resource, owner, reason, expires }) => ({
                        ...{ kind: "exception", rule, resource, owner, reason, expires },
                    })),
                ...settings.waivers.map(({ rule, reason, expires }) => ({
                    ...{ kind: "waiver", rule, resource: "the stack", owner: "", reason, expires },
                })),
            ],
        };
    },
};

export const commitItems: readonly EvidenceItem[] = [commits, exceptions];
