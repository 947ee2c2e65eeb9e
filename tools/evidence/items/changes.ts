import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { requireItem } from "../../../lib/list.ts";
import { trailLogGroup } from "../../../lib/logs.ts";
import { nameOf } from "../../../lib/scope.ts";
import { getPath, textAtPath } from "../../../plan/query.ts";
import { parseMessage } from "../../logs/correlation.ts";
import { readRecords } from "../../logs/read.ts";
import { digestOf, latestTaskDefinitions, maxRevisions } from "../../rollback/history.ts";
import {
    isInPeriod,
    isoTime,
    retentionGaps,
    type EvidenceContext,
    type EvidenceItem,
    type EvidenceRows,
} from "../item.ts";

/** Between the fields of a commit, because no name or subject contains it. */
const separator = "\u001f";
const commitFormat = ["%H", "%cI", "%an", "%cn", "%(trailers:key=Reviewed-by,valueonly,separator=%x2C)", "%s"].join(
    separator,
);

/** As in `commitFormat`. */
type CommitFields = [commit: string, at: string, author: string, committer: string, reviewers: string, subject: string];

/** Commits that changed the settings of the stack, or the records of it that a person reviews. */
const commits: EvidenceItem = {
    id: "commits",
    title: "Changes of the stack's settings and records in Git",
    requirements: ["PCI-6.5.1"],
    source: "Git: commits on the stack file and the stack's golden files. Approvals of pull requests are in GitHub.",
    read: async ({ stack, from, to, command: { root } }) => {
        const isShallow = (await git(root, "rev-parse", "--is-shallow-repository")).trim() === "true";
        const log = await git(
            root,
            ...["log", `--since=${isoTime(from)}`, `--until=${isoTime(to)}`, `--format=${commitFormat}`],
            ...["--", `Pulumi.${stack}.yaml`, `golden/${stack}.*`],
        );
        const rows = log
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => {
                const [commit, at, author, committer, reviewers, subject] = line.split(separator) as CommitFields;
                // Names alone: addresses are personal data.
                const reviewedBy = reviewers.replace(/\s*<[^>]*>/g, "");
                return { at: isoTime(Date.parse(at)), commit, author, committer, reviewedBy, subject };
            });
        return { rows, gaps: isShallow ? ["this clone is shallow: earlier commits are not in it"] : [] };
    },
};

/** @throws Error with the first line that Git writes of a failure */
async function git(cwd: string, ...args: string[]): Promise<string> {
    try {
        return (await promisify(execFile)("git", args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
    } catch (error) {
        const [line = ""] = textAtPath(error, "stderr").split("\n");
        throw new Error(line === "" ? "Git cannot be run" : `Git: ${line}`, { cause: error });
    }
}

/** Events of the trail that match a pattern. @throws Error for a stack without a trail */
async function trailEvents(
    { clients, settings, from, to }: EvidenceContext,
    filterPattern: string,
): Promise<readonly unknown[]> {
    const groupName = trailLogGroup(nameOf({ suffix: settings.environmentSuffix }, "trail"));
    if (!settings.audit.cloudTrail) {
        throw new Error("the stack has no trail (audit.cloudTrail): the account's owner has its events");
    }
    const { records, missing } = await readRecords(clients, [{ source: "trail", groupName }], {
        from,
        to,
        filterPattern,
    });
    if (missing.length > 0) {
        throw new Error(`there is no log group ${groupName}`);
    }
    return records.map(({ message }) => parseMessage(message));
}

/** GitHub gives a token for an environment only after its reviewers have approved the job. */
const approvals: EvidenceItem = {
    id: "approvals",
    title: "Sessions of GitHub's jobs that may deploy",
    requirements: ["PCI-6.5.1"],
    source: "CloudTrail: who assumed the role of bootstrap/github.yaml that deploys. GitHub gives a job the identity of its environment once the environment's reviewers have approved it.",
    read: async (context) => {
        const events = await trailEvents(
            context,
            `{ $.eventName = "AssumeRoleWithWebIdentity" && $.requestParameters.roleArn = "*:role/pulumi-deploy-${context.stack}" }`,
        );
        const rows = events.map((event) => ({
            at: textAtPath(event, "eventTime"),
            identity: textAtPath(event, "userIdentity.userName"),
            session: textAtPath(event, "requestParameters.roleSessionName"),
            refused: textAtPath(event, "errorCode"),
        }));
        return { rows, gaps: retentionGaps(context) };
    },
};

/** Calls that changed the account, by session and day. */
const updates: EvidenceItem = {
    id: "updates",
    title: "Who changed the account, by session and day",
    requirements: ["PCI-6.5.1", "PCI-10.2.1.2"],
    source: "CloudTrail: management events that change something, of all regions, without those of AWS services and of the stack's own roles.",
    read: async (context) => {
        const events = await trailEvents(
            context,
            "{ $.managementEvent IS TRUE && $.readOnly IS FALSE && $.userIdentity.invokedBy NOT EXISTS }",
        );
        const byPeople = events.filter((event) => {
            const role = textAtPath(event, "userIdentity.sessionContext.sessionIssuer.userName");
            return textAtPath(event, "userIdentity.arn") !== "" && !/^(payment-|AWSServiceRole)/.test(role);
        });
        const groups = Map.groupBy(byPeople, (event) =>
            JSON.stringify([textAtPath(event, "userIdentity.arn"), textAtPath(event, "eventTime").slice(0, 10)]),
        );
        return { rows: [...groups.values()].map(sessionRow), gaps: retentionGaps(context) };
    },
};

function sessionRow(events: readonly unknown[]) {
    const times = events.map((event) => textAtPath(event, "eventTime")).toSorted();
    const names = Map.groupBy(
        events,
        (event) =>
            `${textAtPath(event, "eventSource").replace(".amazonaws.com", "")}:${textAtPath(event, "eventName")}`,
    );
    return {
        by: textAtPath(events[0], "userIdentity.arn"),
        first: requireItem(times, 0),
        last: requireItem(times, times.length - 1),
        calls: events.length,
        refused: events.filter((event) => getPath(event, "errorCode") !== undefined).length,
        actions: [...names]
            .toSorted(([, a], [, b]) => b.length - a.length)
            .map(([name, { length }]) => `${name} ${length}`)
            .join(", "),
    };
}

/** Revisions of the task definitions that were registered in the period. */
const images: EvidenceItem = {
    id: "images",
    title: "Revisions of the services, with their images",
    requirements: ["PCI-6.5.1"],
    source: `ECS: task definitions, the last ${maxRevisions} of each service.`,
    read: async (context): Promise<EvidenceRows> => {
        const { clients, settings, from } = context;
        const rows = [];
        const gaps = [];
        for (const service of Object.keys(settings.services)) {
            const definitions = await latestTaskDefinitions({
                ...{ ecs: clients.ecs, service, suffix: settings.environmentSuffix },
            });
            const [oldest] = definitions;
            if ((oldest?.revision ?? 1) > 1 && (oldest?.registeredAt?.getTime() ?? 0) > from) {
                gaps.push(`${service}: revisions before ${isoTime(oldest?.registeredAt)} were not read`);
            }
            rows.push(
                ...definitions
                    .filter(({ registeredAt }) => isInPeriod(registeredAt, context))
                    .map((definition) => ({
                        at: isoTime(definition.registeredAt),
                        service,
                        revision: definition.revision ?? 0,
                        digest: digestOf(definition, service) ?? "none yet",
                        by: definition.registeredBy ?? "unknown",
                    })),
            );
        }
        return { rows, gaps };
    },
};

export const changeItems: readonly EvidenceItem[] = [commits, approvals, updates, images];
