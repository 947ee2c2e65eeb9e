import { expect, test } from "@jest/globals";
import { Interrupt } from "../../../tools/frame/interrupt.ts";
import { logGroupsOf, logSourceNames, requireLogSource } from "../../../tools/logs/sources.ts";
import { settingsFromConfig } from "../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { awsError, clientsWith, type FakeResponse, type FakeResponses } from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

const now = Date.parse("2027-01-31T10:15:00.000Z");
type Event = Readonly<{ eventId: string; timestamp: number; message: string }>;
const event = (eventId: string, secondsAgo: number, message: string): Event => ({
    eventId,
    timestamp: now - secondsAgo * 1000,
    message,
});

type LogInput = Readonly<{ logGroupName: string; startTime: number; filterPattern?: string; nextToken?: string }>;
const service = "/ecs/payment-api-dev";
const validator = "/aws/lambda/payment-validator-dev";
const access = "/aws/vendedlogs/apigateway/payment-gateway-dev";
const execution = "API-Gateway-Execution-Logs_abc123/v1";

/** CloudWatch Logs with these groups: it answers the events from a time on that contain a text, as AWS does. */
const logsWith =
    (groups: Readonly<Record<string, readonly Event[]>>) =>
    (input: object): object => {
        const { logGroupName, startTime, filterPattern = '""' } = input as LogInput;
        const events = groups[logGroupName];
        if (events === undefined) {
            throw awsError("ResourceNotFoundException", "The specified log group does not exist.");
        }
        const text = filterPattern.slice(1, -1);
        return { events: events.filter((each) => each.timestamp >= startTime && each.message.includes(text)) };
    };

const everyGroup = {
    [service]: [],
    "/ecs/payment-payment-dev": [],
    "/ecs/payment-notification-dev": [],
    "/ecs/payment-migration-dev": [],
    [validator]: [],
    [access]: [],
    [execution]: [],
    "aws-waf-logs-payment-firewall-dev": [],
    "aws-waf-logs-payment-gateway-firewall-dev": [],
};

/** @param readMilliseconds time that each call takes */
async function logs(argv: string[], filterLogEvents: FakeResponse, given: FakeResponses = {}, readMilliseconds = 0) {
    let time = now;
    const { clients, calls } = clientsWith({
        GetCallerIdentity: { Account: "123456789012" },
        GetRestApis: {
            items: [
                { id: "other", name: "payment-gateway-staging" },
                { id: "abc123", name: "payment-gateway-dev" },
            ],
        },
        FilterLogEvents: (input) => {
            time += readMilliseconds;
            return typeof filterLogEvents === "function"
                ? (filterLogEvents as (input: object) => object)(input)
                : filterLogEvents;
        },
        ...given,
    });
    const interrupt = new Interrupt();
    const result = await runTool("logs", argv, {
        interrupt,
        createClients: () => Promise.resolve(clients),
        clock: {
            now: () => time,
            sleep: (milliseconds) => {
                time += milliseconds;
                if (time >= now + 10_000) {
                    interrupt.cancel(true);
                }
                return Promise.resolve();
            },
        },
    });
    const asked = calls.flatMap(([name, input]) => (name === "FilterLogEvents" ? [input as LogInput] : []));
    return { ...result, asked };
}

test("the records of the last 15 minutes are shown, one a line, the newest last", async () => {
    const events = [
        event("2", 30, "second\n"),
        event("1", 60, "first\nwith \u001b[31ma stack trace\u009b2J\u007f"),
        event("0", 901, "old"),
    ];
    const { code, out, err, asked } = await logs(["dev", "api"], logsWith({ [service]: events }));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe(
        "2027-01-31T10:14:00.000Z  api  first\\nwith \\u001b[31ma stack trace\\u009b2J\\u007f\n2027-01-31T10:14:30.000Z  api  second\n",
    );
    expect(asked).toEqual([
        { logGroupName: service, startTime: now - 900_000, filterPattern: undefined, nextToken: undefined },
    ]);
});

test("--since begins earlier, and every page is read", async () => {
    // The SDK changes the input of a call for the next page.
    const tokens: unknown[] = [];
    const { out, asked } = await logs(["dev", "api", "--since", "2h"], (input) => {
        const { nextToken } = input as LogInput;
        tokens.push(nextToken);
        return nextToken === undefined
            ? { events: [], nextToken: "more" }
            : { events: [event("1", 7000, "on the second page")] };
    });
    expect(out).toBe("2027-01-31T08:18:20.000Z  api  on the second page\n");
    expect(tokens).toEqual([undefined, "more"]);
    expect(asked[0]?.startTime).toBe(now - 7_200_000);
});

test("--json writes one object a line, in which a message of JSON is an object", async () => {
    const events = [event("1", 2, '{"level":"error","message":"no route"}'), event("2", 1, "{no JSON")];
    const { out } = await logs(["dev", "api", "--json"], logsWith({ [service]: events }));
    expect(
        out
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
        {
            ...{ time: "2027-01-31T10:14:58.000Z", source: "api", logGroup: service },
            message: { level: "error", message: "no route" },
        },
        { time: "2027-01-31T10:14:59.000Z", source: "api", logGroup: service, message: "{no JSON" },
    ]);
});

test("the gateway has the group of its access log, and that of the errors of its own API", async () => {
    const { code, asked } = await logs(["dev", "gateway"], logsWith(everyGroup));
    expect(code).toBe(0);
    expect(asked.map(({ logGroupName }) => logGroupName)).toEqual([access, execution]);
});

test("--correlation finds a request in all services, and at the gateway by the function's request ID", async () => {
    const id = "order-4711-abc";
    const groups = {
        ...everyGroup,
        [service]: [event("1", 4, `{"correlationId":"${id}"}`), event("2", 4, "another request")],
        [validator]: [
            event("1", 2, `{"correlationId":"${id}","requestId":"req-1"}`),
            event("2", 3, `${id} is no JSON`),
        ],
        [access]: [
            event("1", 1, '{"integrationRequestId":"req-1"}'),
            event("2", 1, '{"integrationRequestId":"req-2"}'),
        ],
    };
    const { code, out, err, asked } = await logs(["dev", "--correlation", id], logsWith(groups));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(
        out
            .trimEnd()
            .split("\n")
            .map((line) => line.split("  ")[1]?.trim()),
    ).toEqual([...["api", "validator", "validator", "gateway"]]);
    expect(out).not.toContain("req-2");
    expect(asked.map(({ filterPattern }) => filterPattern)).toEqual([
        ...Array<string>(Object.keys(everyGroup).length).fill(`"${id}"`),
        ...['"req-1"', '"req-1"'],
    ]);
});

test("--correlation with a service searches that one alone", async () => {
    const { asked, err } = await logs(["dev", "api", "--correlation", "order-4711-abc"], logsWith(everyGroup));
    expect(asked.map(({ logGroupName }) => logGroupName)).toEqual([service]);
    expect(err).toBe("no record since 2027-01-31T10:00:00.000Z\n");
});

test("--follow shows late and new records once each, until Ctrl-C", async () => {
    const events = [event("1", 1, "first")];
    const answers = logsWith({ [service]: events });
    let polls = 0;
    const { code, out, err, asked } = await logs(["dev", "api", "--follow"], (input) => {
        polls += 1;
        if (polls === 3) {
            events.push(event("2", 10, "late"), event("3", -2, "new"));
        }
        return answers(input);
    });
    expect({ code, err }).toEqual({ code: 130, err: "Cancelled\n" });
    expect(out.match(/first|late|new/g)).toEqual(["first", "late", "new"]);
    expect(asked.slice(1).map(({ startTime }) => (startTime - now) / 1000)).toEqual([-30, -28, -26, -24, -22]);
});

test("--follow shows what arrived while the records before were read, however long that took", async () => {
    const events = [event("1", 1, "first")];
    const answers = logsWith({ [service]: events });
    const { out } = await logs(
        ["dev", "api", "--follow"],
        (input) => {
            const answer = answers(input);
            events.push(event("2", -1, "meanwhile"));
            return answer;
        },
        {},
        60_000,
    );
    expect(out.match(/first|meanwhile/g)).toEqual(["first", "meanwhile"]);
});

test("--follow goes on after a call that AWS throttles, and repeats it", async () => {
    let polls = 0;
    const { code, out, err, asked } = await logs(["dev", "api", "--follow"], () => {
        polls += 1;
        return polls === 2 ? awsError("ThrottlingException", "Rate exceeded") : { events: [event("1", 1, "once")] };
    });
    expect(code).toBe(130);
    expect(out.match(/once/g)).toHaveLength(1);
    expect(err).toContain("AWS throttles the calls, the next one repeats this one: Rate exceeded\n");
    expect(asked.slice(1, 3).map(({ startTime }) => startTime)).toEqual([now - 30_000, now - 30_000]);
});

test("a session that expires while it follows ends the command with one line", async () => {
    const expired = Object.assign(awsError("ExpiredTokenException", "the token has expired"), { $metadata: {} });
    let polls = 0;
    const { code, err } = await logs(["dev", "api", "--follow"], () => {
        polls += 1;
        return polls === 2 ? expired : {};
    });
    expect({ code, err }).toEqual({ code: 1, err: "AWS: ExpiredTokenException: the token has expired\n" });
});

test("a service that is not deployed has an exit code of its own; one of several groups is named", async () => {
    const none = await logs(["dev", "api"], logsWith({}));
    expect({ code: none.code, err: none.err }).toEqual({
        code: 11,
        err: `dev has no log group ${service}: \`npm run deploy -- dev up\`\n`,
    });
    const { code, err } = await logs(["dev", "gateway"], logsWith({ [execution]: [event("1", 1, "an error")] }));
    expect({ code, err }).toEqual({ code: 0, err: `not there, so not searched: ${access}\n` });
});

test("credentials that AWS does not accept are refused before a log is read", async () => {
    const { code, err, asked } = await logs(
        ["dev", "api"],
        {},
        { GetCallerIdentity: awsError("ExpiredToken", "expired") },
    );
    expect({ code, asked }).toEqual({ code: 1, asked: [] });
    expect(err).toContain("credentials: AWS does not accept them: expired");
});

test.each([
    [["dev"], "which service? There are api, notification, payment, migration, validator, gateway, waf"],
    [["api"], "<stack> is missing before api: which stack? There are "],
    [["waf", "--follow"], "<stack> is missing before waf: which stack? There are "],
    [["qa"], 'no stack "qa": there are '],
    [["dev", "apii"], 'no service "apii": did you mean api?'],
    [["dev", "alb"], 'no service "alb": its access logs are in S3, what its web ACL decided is in waf'],
    [["dev", "api", "--since", "15"], "It must be a number with s, m, h or d, such as 15m."],
    [["dev", "api", "--since", "999999d"], "It must be at most 3653d."],
    [["dev", "api", "--since", "0m"], "It must be a number with s, m, h or d, such as 15m."],
    [["dev", "--correlation", 'x" OR "1'], "It must be 8 to 64 letters, digits and hyphens."],
])("%j is refused before any call to AWS", async (argv, message) => {
    const { code, err } = await logs(argv, {}, { GetCallerIdentity: new Error("called") });
    expect(code).toBe(2);
    expect(err).toContain(message);
});

test("the migration is a source of every stack", async () => {
    const settings = settingsFromConfig(readStackConfig("dev"));
    expect(logSourceNames(settings)).toContain("migration");
    expect(await logGroupsOf(settings, "migration", clientsWith({}).clients)).toEqual([
        { source: "migration", groupName: "/ecs/payment-migration-dev" },
    ]);
});

test("the reconciliation of a service is a source where the service has one", async () => {
    const settingsWith = (enabled: boolean) =>
        settingsFromConfig(
            withSettings(readStackConfig("dev"), {
                "network.egress": "nat",
                "network.natGateways": "single",
                "services.payment.acquirer": { url: "https://api.acquirer.example", reconciliation: { enabled } },
            }),
        );
    const source = "payment-reconciliation";
    expect(logSourceNames(settingsWith(true)).filter((each) => each.startsWith("payment"))).toEqual([
        "payment",
        source,
    ]);
    expect(await logGroupsOf(settingsWith(true), source, clientsWith({}).clients)).toEqual([
        { source, groupName: "/ecs/payment-payment-reconciliation-dev" },
    ]);
    expect(() => {
        requireLogSource(settingsWith(false), source);
    }).toThrow(`no service "${source}"`);
});
