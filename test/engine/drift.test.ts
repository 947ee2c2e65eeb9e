import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect } from "@jest/globals";
import { createClients } from "../../tools/frame/aws-clients.ts";
import type { DriftReport } from "../../tools/drift/report.ts";
import { resourceFinder, type AddedResource, type ManualAddition } from "./support/additions/addition.ts";
import { manualAdditions } from "./support/additions/additions.ts";
import { withMissingCallsAnswered } from "./support/missing-calls.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

type Unplanned = DriftReport["unplanned"][number];

/** What the command finds, and its exit code. */
async function drift(): Promise<{ code: number; found: DriftReport }> {
    await project.ensureDeployed("dev");
    const { code, stdout, stderr } = await withMissingCallsAnswered(process.env.AWS_ENDPOINT_URL ?? "", (env) =>
        project.deploy("dev", ["drift", "--json"], { env }),
    );
    if (!stdout.startsWith("{")) {
        throw new Error(`drift ended with ${code}:\n${stderr}`);
    }
    return { code, found: JSON.parse(stdout) as DriftReport };
}

const inWords = ({ type, item, key }: Unplanned): string => `${type} ${item} ${key}`;

scenario("an unchanged stack has no drift, and every list under its resources was read", 30, async () => {
    const { code, found } = await drift();
    expect(found).toMatchObject({ changed: [], unplanned: [], unread: [] });
    expect(code).toBe(0);
    expect(found.lists).toBeGreaterThan(150);
    expect(found.known).toBeGreaterThan(150);
});

scenario("each kind of manual addition is found, with the access that it opens, and nothing else", 30, async () => {
    await project.ensureDeployed("dev");
    const aws = createClients({ region: "us-east-1" });
    const before = await project.state("dev");
    const find = resourceFinder(before);
    const added: { addition: ManualAddition; key: string; remove: AddedResource["remove"] }[] = [];
    try {
        for (const addition of manualAdditions) {
            added.push({ addition, ...(await addition.add(aws, find)) });
        }
        const { code, found } = await drift();
        expect(code).toBe(10);
        expect(found.unread).toEqual([]);
        const isOf = ({ addition, key }: (typeof added)[number], { item, key: listed }: Unplanned) =>
            item === addition.item && listed.includes(key);
        const missed = added.filter(
            (one) =>
                !found.unplanned.some(
                    (each) =>
                        isOf(one, each) &&
                        each.type === `aws:${one.addition.under}` &&
                        one.addition.opens.test(each.opens),
                ),
        );
        expect(missed.map(({ addition, key }) => `${addition.under} ${addition.item} ${key}`)).toEqual([]);
        // An addition that connects two resources is reported for both, such as a function that reads from a queue.
        const others = found.unplanned.filter((each) => !added.some((one) => isOf(one, each)));
        expect(others.map(inWords)).toEqual([]);
        // What was added changes nothing that is in the state, and looking changes nothing at all.
        expect(await project.state("dev")).toEqual(before);
    } finally {
        for (const { remove } of added.toReversed()) {
            await remove();
        }
    }
    expect(await drift()).toMatchObject({ code: 0, found: { changed: [], unplanned: [], unread: [] } });
});

scenario(
    "`up` leaves a manually changed attribute that `drift` reports; after `refresh` it sets it back",
    60,
    async () => {
        await project.ensureDeployed("dev");
        const { sqs } = createClients({ region: "us-east-1" });
        const QueueUrl = resourceFinder(await project.state("dev"))("sqs/queue:Queue", "payment-notifications-dlq").id;
        const set = (MessageRetentionPeriod: string) =>
            sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { MessageRetentionPeriod } }));
        const retention = async () =>
            (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["MessageRetentionPeriod"] })))
                .Attributes?.MessageRetentionPeriod;
        const run = async (subcommand: "refresh" | "up") => {
            expect(await project.deploy("dev", [subcommand, "--yes"])).toMatchObject({ code: 0 });
        };
        await set("60");
        try {
            const { code, found } = await drift();
            expect(found.changed).toEqual([
                {
                    resource: "payment-notifications-dlq-dev",
                    type: "aws:sqs/queue:Queue",
                    operation: "update",
                    changes: [{ path: "messageRetentionSeconds", before: 1_209_600, after: 60 }],
                },
            ]);
            expect(code).toBe(10);
            await run("up");
            expect(await retention()).toBe("60");
            await run("refresh");
            await run("up");
            expect(await retention()).toBe("1209600");
        } finally {
            await set("1209600");
        }
        expect(await drift()).toMatchObject({ code: 0 });
    },
);
