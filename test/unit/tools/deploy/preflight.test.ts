import { expect, test } from "@jest/globals";
import type { PlatformSettings } from "../../../../lib/settings.ts";
import { accountServiceChecks, skippedServiceChecks } from "../../../../tools/deploy/preflight/account-services.ts";
import {
    runPreflightChecks,
    type PreflightCheck,
    type PreflightInput,
} from "../../../../tools/deploy/preflight/check.ts";
import { domainCheck } from "../../../../tools/deploy/preflight/domain.ts";
import { regionChecks } from "../../../../tools/deploy/preflight/region.ts";
import { preflightChecks, runPreflight } from "../../../../tools/deploy/preflight.ts";
import { emptyState } from "../../../../plan/state.ts";
import { planTestStack } from "../../../stacks.ts";
import { asked } from "./asked.ts";
import {
    awsError,
    clientsWith,
    stateResource,
    stateWith,
    settingsOfStack,
    stateResourcesOf,
    type FakeResponse,
    type FakeResponses,
} from "./fakes.ts";

/** IDs of the zones, as one account has them. */
const zoneIds: Readonly<Record<string, string>> = { a: "use1-az1", b: "use1-az2", c: "use1-az4" };
const zones = (...names: string[]) => names.map((name) => ({ ZoneName: name, ZoneId: zoneIds[name.slice(-1)] }));
const endpointService = (service: string, ...letters: string[]) => ({
    ServiceName: `com.amazonaws.us-east-1.${service}`,
    AvailabilityZones: letters.map((letter) => `us-east-1${letter}`),
});
const endpointServices = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "sns", "s3", "dynamodb"].map(
    (service) => endpointService(service, "a", "b", "c"),
);
const engineVersion = (major: string, least: number, most: number) => ({
    MajorEngineVersion: major,
    ServerlessV2FeaturesSupport: { MinCapacity: least, MaxCapacity: most },
});
const zone = (name: string, rest: object = {}) => ({ Id: `/hostedzone/${name}`, Name: name, Config: {}, ...rest });
const offer = (version: string, ...names: string[]) => ({
    EngineVersion: version,
    AvailabilityZones: names.map((Name) => ({ Name })),
});

/** An account in which prod may be built. */
const ready: FakeResponses = {
    GetCallerIdentity: { Account: "123456789012" },
    DescribeRegions: { Regions: [{ OptInStatus: "opt-in-not-required" }] },
    DescribeAvailabilityZones: { AvailabilityZones: zones("us-east-1c", "us-east-1b", "us-east-1a") },
    DescribeOrderableDBInstanceOptions: {
        OrderableDBInstanceOptions: [
            offer("16.9", "us-east-1f"),
            offer("17.5", "us-east-1a", "us-east-1b", "us-east-1c"),
        ],
    },
    DescribeDBEngineVersions: { DBEngineVersions: [engineVersion("16", 0, 128), engineVersion("17", 0, 256)] },
    DescribeVpcEndpointServices: { ServiceDetails: endpointServices },
    DescribeReservedCacheNodesOfferings: { ReservedCacheNodesOfferings: [{}] },
    ListHostedZonesByName: { HostedZones: [zone("payments.example.com.")] },
    GetHostedZone: { DelegationSet: { NameServers: ["ns-1.awsdns-1.com"] } },
    GetAccount: {},
    ListDetectors: { DetectorIds: ["d1"] },
    DescribeConfigurationRecorders: { ConfigurationRecorders: [{ name: "r" }] },
};
const resolve = () => Promise.resolve(["NS-1.awsdns-1.com."]);

async function subjectOf(stack: string, settings: Partial<PlatformSettings> = {}): Promise<PreflightInput> {
    return {
        plan: await planTestStack(stack),
        settings: { ...settingsOfStack(stack), ...settings },
        state: emptyState,
    };
}

const checks = [...regionChecks, domainCheck(resolve), ...accountServiceChecks];
const verdict = async (
    answers: FakeResponses,
    subject: PreflightInput | Promise<PreflightInput>,
    of: readonly PreflightCheck[] = checks,
) => runPreflight(clientsWith({ ...ready, ...answers }).clients, await subject, [...of]);
const problemsWith = async (
    answers: FakeResponses,
    subject: PreflightInput | Promise<PreflightInput> = subjectOf("prod"),
) => (await verdict(answers, subject)).problems;

test("an account that meets every requirement has no problems, whatever its ID", async () => {
    expect(await verdict({}, subjectOf("prod"))).toEqual({ problems: [], warnings: [] });
    expect(await problemsWith({}, subjectOf("prod", { accountId: "123456789012" }))).toEqual([]);
});

test("without credentials nothing else is checked", async () => {
    const { clients, calls } = clientsWith({
        GetCallerIdentity: awsError("ExpiredToken", "The token has expired\nat x"),
    });
    expect(await runPreflight(clients, await subjectOf("prod"))).toEqual({
        problems: [
            "credentials: AWS does not accept them: The token has expired; sign in (`aws sso login`) or set AWS_PROFILE",
        ],
        warnings: [],
    });
    expect(calls).toHaveLength(1);
});

test("another account than the stack's is refused", async () => {
    const subject = subjectOf("prod", { accountId: "210987654321" });
    expect(await problemsWith({}, subject)).toEqual([
        "credentials: they are of account 123456789012, the stack's accountId is 210987654321",
    ]);
});

test.each<[string, FakeResponses, string]>([
    [
        "a region that is not enabled",
        { DescribeRegions: { Regions: [{ OptInStatus: "not-opted-in" }] } },
        "region: us-east-1 is not enabled in this account: enable it under Account > AWS Regions",
    ],
    [
        "too few zones, one of which Fargate on ARM64 is not in",
        {
            DescribeAvailabilityZones: {
                AvailabilityZones: [
                    ...zones("us-east-1a", "us-east-1b"),
                    { ZoneName: "us-east-1c", ZoneId: "use1-az3" },
                ],
            },
        },
        "availability zones: network.availabilityZones is 3, us-east-1 has 2 usable",
    ],
    [
        "an engine of another major version only",
        { DescribeOrderableDBInstanceOptions: { OrderableDBInstanceOptions: [offer("16.9", "us-east-1a")] } },
        "database engine: us-east-1 does not offer db.serverless of Aurora PostgreSQL 17: change database.instanceClass or database.engineVersion",
    ],
    [
        "an engine that one of the zones lacks",
        {
            DescribeOrderableDBInstanceOptions: {
                OrderableDBInstanceOptions: [offer("17.5", "us-east-1a", "us-east-1b")],
            },
        },
        "database engine: us-east-1c does not offer db.serverless of Aurora PostgreSQL 17: change database.instanceClass",
    ],
    [
        "an engine whose capacity ends below the stack's",
        { DescribeDBEngineVersions: { DBEngineVersions: [engineVersion("16", 0, 256), engineVersion("17", 0.5, 32)] } },
        "capacity range of the database: us-east-1 has no Aurora PostgreSQL 17 from 2 to 64 ACU: change database.minAcu or database.maxAcu",
    ],
    [
        "a service without VPC endpoints in the region",
        {
            DescribeVpcEndpointServices: {
                ServiceDetails: endpointServices.filter(({ ServiceName }) => !ServiceName.endsWith(".sqs")),
            },
        },
        "VPC endpoints: us-east-1 does not offer com.amazonaws.us-east-1.sqs",
    ],
    [
        "a service without VPC endpoints in one of the zones",
        {
            DescribeVpcEndpointServices: {
                ServiceDetails: [
                    ...endpointServices.filter(({ ServiceName }) => !ServiceName.endsWith(".sqs")),
                    endpointService("sqs", "a", "c"),
                ],
            },
        },
        "VPC endpoints: us-east-1b does not offer com.amazonaws.us-east-1.sqs: change network.availabilityZones",
    ],
    [
        "a node type that the region lacks",
        { DescribeReservedCacheNodesOfferings: { ReservedCacheNodesOfferings: [] } },
        "cache node type: us-east-1 does not offer cache.r7g.large: change cache.nodeType",
    ],
    [
        "no hosted zone, but one of a longer name",
        { ListHostedZonesByName: { HostedZones: [zone("payments.example.com.au.")] } },
        "hosted zone: the account has no zone payments.example.com: create the public one, or change certificate.zoneName",
    ],
    [
        "a private hosted zone",
        { ListHostedZonesByName: { HostedZones: [zone("payments.example.com.", { Config: { PrivateZone: true } })] } },
        "hosted zone: the account has only a private zone payments.example.com: create the public one, or change certificate.zoneName",
    ],
    [
        "two public hosted zones of the name",
        { ListHostedZonesByName: { HostedZones: [zone("payments.example.com."), zone("payments.example.com.")] } },
        "hosted zone: the account has 2 public zones payments.example.com: Pulumi cannot tell which; delete the spare",
    ],
    [
        "a role of another's for API Gateway",
        { GetAccount: { cloudwatchRoleArn: "arn:aws:iam::123456789012:role/logs" } },
        "accountServices.apiGatewayRole: is create, and the account has a role for API Gateway's logs already (arn:aws:iam::123456789012:role/logs): set adopt",
    ],
])("%s is a problem", async (_, answers, problem) => {
    expect(await problemsWith(answers)).toEqual([problem]);
});

test("the zone is found in an account with more zones than one page of AWS's answer", async () => {
    const first = Array.from({ length: 100 }, (_, i) => zone(`a${i}.example.com.`));
    const ListHostedZonesByName: FakeResponse = ({ DNSName }) => ({
        HostedZones: DNSName === "payments.example.com" ? [zone("payments.example.com.")] : first,
    });
    expect(await problemsWith({ ListHostedZonesByName })).toEqual([]);
});

test("an availability zone that the stack does not use may lack the engine", async () => {
    const problems = await problemsWith(
        {
            DescribeOrderableDBInstanceOptions: {
                OrderableDBInstanceOptions: [offer("17.5", "us-east-1a", "us-east-1b")],
            },
        },
        subjectOf("dev"),
    );
    expect(problems).toEqual([]);
});

test("an engine version of which AWS gives no range of capacity, or no limit, is no problem", async () => {
    const versions = (...found: object[]) => problemsWith({ DescribeDBEngineVersions: { DBEngineVersions: found } });
    expect(await versions({ MajorEngineVersion: "17" })).toEqual([]);
    expect(await versions({ MajorEngineVersion: "17", ServerlessV2FeaturesSupport: {} })).toEqual([]);
});

test("a provisioned database has no capacity to compare", async () => {
    const database = { ...settingsOfStack("prod").database, minAcu: undefined, maxAcu: undefined };
    const none = { DescribeDBEngineVersions: { DBEngineVersions: [engineVersion("17", 500, 600)] } };
    expect(await problemsWith(none)).toHaveLength(1);
    expect(await problemsWith(none, subjectOf("prod", { database }))).toEqual([]);
});

test("a region that lists neither endpoint services nor their zones lacks them", async () => {
    expect(await problemsWith({ DescribeVpcEndpointServices: {} })).toContain(
        "VPC endpoints: us-east-1 does not offer com.amazonaws.us-east-1.sqs",
    );
    const withoutZones = endpointServices.map(({ ServiceName }) => ({ ServiceName }));
    expect(await problemsWith({ DescribeVpcEndpointServices: { ServiceDetails: withoutZones } })).toContainEqual(
        expect.stringContaining("does not offer com.amazonaws.us-east-1.sqs: change network.availabilityZones"),
    );
});

test("all problems are reported at once", async () => {
    const problems = await problemsWith({
        DescribeRegions: { Regions: [{ OptInStatus: "not-opted-in" }] },
        DescribeReservedCacheNodesOfferings: {},
        ListHostedZonesByName: {},
    });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(["region", "cache node type", "hosted zone"]);
});

test("a stack cannot move to another region", async () => {
    const provider = stateResource("pulumi:providers:aws", "aws", { inputs: { region: "eu-west-1" } });
    const subject = { ...(await subjectOf("prod")), state: stateWith([provider]) };
    expect(await problemsWith({}, subject)).toEqual([
        "region: the stack is in eu-west-1, aws:region says us-east-1: set it back, or make a new stack",
    ]);
});

const domainVerdict = async (resolved: () => Promise<string[]>, subject = subjectOf("prod")) =>
    verdict({}, subject, [domainCheck(resolved)]);

test("a domain for which other name servers, or none, answer is not delegated", async () => {
    const rest = "at the registrar or in the parent zone set ns-1.awsdns-1.com";
    const told = (servers: string) =>
        `hosted zone: payments.example.com is not delegated to its zone, so ACM would wait for ever: its name servers are ${servers}; ${rest}`;
    const unknown = () => Promise.reject(Object.assign(new Error("queryNs"), { code: "ENOTFOUND" }));
    expect((await domainVerdict(() => Promise.resolve(["ns.elsewhere.example"]))).problems).toEqual([
        told("ns.elsewhere.example"),
    ]);
    expect((await domainVerdict(unknown)).problems).toEqual([told("none")]);
});

test("a resolver that does not answer is a warning", async () => {
    const broken = () => Promise.reject(Object.assign(new Error("queryNs ETIMEOUT"), { code: "ETIMEOUT" }));
    expect(await domainVerdict(broken)).toEqual({
        problems: [],
        warnings: ["could not check hosted zone: queryNs ETIMEOUT"],
    });
});

test("only a certificate that ACM validates needs a delegated domain, and a self-signed one needs no zone", async () => {
    const never = () => Promise.reject(new Error("asked"));
    const arn = "arn:aws:acm:us-east-1:123456789012:certificate/2bce0c69-2e51-973e-7895-b004447f3537";
    const given = { source: "arn", arn, domainName: "payments.example.com", zoneName: "payments.example.com" } as const;
    expect(await domainVerdict(never, subjectOf("prod", { certificate: given }))).toEqual({
        problems: [],
        warnings: [],
    });
    const { clients, calls } = clientsWith(ready);
    await runPreflightChecks([domainCheck(never)], clients, await subjectOf("dev"));
    expect(calls).toEqual([]);
});

const accountServices = (setting: string, choice: string) =>
    ({
        accountServices: { ...settingsOfStack("prod").accountServices, apiGatewayRole: "skip", [setting]: choice },
    }) as Partial<PlatformSettings>;

test.each<[string, string, FakeResponses, string[]]>([
    [
        "guardDuty",
        "create",
        { ListDetectors: { DetectorIds: ["d1"] } },
        ["is create, and the account has a GuardDuty detector already (d1): set adopt"],
    ],
    ["guardDuty", "create", { ListDetectors: {} }, []],
    [
        "guardDuty",
        "adopt",
        { ListDetectors: {} },
        ["is adopt, and the account has not a GuardDuty detector: set create"],
    ],
    ["config", "adopt", { DescribeConfigurationRecorders: { ConfigurationRecorders: [{ name: "r" }] } }, []],
    [
        "config",
        "create",
        { DescribeConfigurationRecorders: { ConfigurationRecorders: [{ name: "r" }] } },
        ["is create, and the account has a recorder of AWS Config already (r): set adopt"],
    ],
    [
        "securityHub",
        "create",
        { DescribeHub: { HubArn: "hub" } },
        ["is create, and the account has Security Hub already (hub): set adopt"],
    ],
    [
        "securityHub",
        "adopt",
        { DescribeHub: awsError("InvalidAccessException", "Account x is not subscribed to AWS Security Hub") },
        ["is adopt, and the account has not Security Hub: set create"],
    ],
    ["apiGatewayRole", "adopt", {}, ["is adopt, and the account has not a role for API Gateway's logs: set create"]],
    ["apiGatewayRole", "skip", { GetAccount: awsError("Asked") }, []],
])("%s: %s", async (setting, choice, answers, problems) => {
    const found = await verdict(answers, subjectOf("prod", accountServices(setting, choice)), accountServiceChecks);
    expect(found).toEqual({ problems: problems.map((line) => `accountServices.${setting}: ${line}`), warnings: [] });
});

test("a stack with PCI DSS is warned where nothing in the account detects intrusions and changes", async () => {
    const warningsOf = async (answers: FakeResponses, settings: Partial<PlatformSettings> = {}) => {
        const { problems, warnings } = await verdict(answers, subjectOf("prod", settings), skippedServiceChecks);
        expect(problems).toEqual([]);
        return warnings;
    };
    const none = [
        "accountServices.guardDuty: is skip, and the account has not a GuardDuty detector: see that another product detects intrusions (PCI DSS 11.5.1), or set create",
        "accountServices.config: is skip, and the account has not a recorder of AWS Config: see that another product detects changes of settings (PCI DSS 11.5.2), or set create",
    ];
    const nothing = { ListDetectors: {}, DescribeConfigurationRecorders: {} };
    expect(await warningsOf(nothing)).toEqual(none);
    expect(await warningsOf({ ...nothing, ListDetectors: { DetectorIds: ["d1"] } })).toEqual(none.slice(1));
    const recorded = { DescribeConfigurationRecorders: { ConfigurationRecorders: [{ name: "r" }] } };
    expect(await warningsOf({ ...nothing, ...recorded })).toEqual(none.slice(0, 1));
    expect(await warningsOf(nothing, accountServices("guardDuty", "create"))).toEqual(none.slice(1));
    expect(await warningsOf(nothing, { compliance: "none" })).toEqual([]);
});

test("what the stack itself created is no conflict", async () => {
    const state = stateWith([stateResource("aws:apigateway/account:Account", "gateway-logging")]);
    const subject = { ...(await subjectOf("prod")), state };
    expect(await problemsWith({ GetAccount: { cloudwatchRoleArn: "arn" } }, subject)).toEqual([]);
});

test("a Security Hub that may not be read is a warning", async () => {
    const denied = { DescribeHub: awsError("AccessDeniedException", "not authorized") };
    const { problems, warnings } = await verdict(
        denied,
        subjectOf("prod", accountServices("securityHub", "adopt")),
        accountServiceChecks,
    );
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("securityhub:DescribeHub")]);
});

test("a call that IAM denies is a warning that names the action", async () => {
    const { problems, warnings } = await verdict(
        {
            DescribeRegions: awsError("UnauthorizedOperation", "You are not authorized to perform this operation."),
            GetAccount: awsError("AccessDeniedException", "User x is not authorized to perform: apigateway:GET on y"),
            DescribeReservedCacheNodesOfferings: awsError("ThrottlingException", "Rate exceeded"),
        },
        subjectOf("prod"),
    );
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
        "could not check region: needs ec2:DescribeRegions",
        "could not check cache node type: Rate exceeded",
        "could not check accountServices.apiGatewayRole: needs apigateway:GET",
    ]);
});

test("of several actions the warning names the one that IAM denied", async () => {
    const denied = awsError(
        "AccessDenied",
        "User: x is not authorized to perform: route53:GetHostedZone on resource: y because no policy allows it",
    );
    const { warnings } = await verdict({ GetHostedZone: denied }, subjectOf("prod"), [domainCheck(resolve)]);
    expect(warnings).toEqual(["could not check hosted zone: needs route53:GetHostedZone"]);
});

test("each check of the preflight runs, and one that AWS does not answer is a warning", async () => {
    const { clients } = clientsWith(ready);
    const { problems, warnings } = await runPreflight(clients, await subjectOf("prod"), preflightChecks(resolve));
    expect(problems).toEqual([]);
    expect(warnings.length).toBeGreaterThan(10);
    expect(warnings.filter((line) => !/^could not check (quota of|names of each) /.test(line))).toEqual([]);
});

/** AWS leaves out what is empty. */
const silence: FakeResponses = new Proxy({}, { get: () => ({}) });

test("what AWS omits from its answers counts as none", async () => {
    const plan = await planTestStack("prod");
    const state = stateWith(stateResourcesOf(plan));
    const { clients } = clientsWith(silence);
    for (const subject of [await subjectOf("prod"), { ...(await subjectOf("prod")), state }]) {
        const { problems, warnings } = await runPreflight(clients, subject, preflightChecks(resolve));
        expect(warnings.map((line) => line.replace(/:.*$/, ""))).toEqual([
            "accountServices.guardDuty",
            "accountServices.config",
        ]);
        // An answer without a resource is one that the resource exists: what "names of each" does with it is tested there.
        const checked = problems
            .map((problem) => problem.replace(/:.*$/, ""))
            .filter((name) => !name.startsWith("names of"));
        expect([...new Set(checked)]).toEqual([
            "region",
            "availability zones",
            "database engine",
            "VPC endpoints",
            "cache node type",
            "hosted zone",
        ]);
    }
    const unknown = await runPreflight(clients, await subjectOf("prod", { accountId: "123456789012" }));
    expect(unknown.problems).toEqual([
        "credentials: they are of account unknown, the stack's accountId is 123456789012",
    ]);
});

test("a zone without name servers of its own is no delegation", async () => {
    const { problems } = await verdict({ GetHostedZone: {} }, subjectOf("prod"), [domainCheck(resolve)]);
    expect(problems).toHaveLength(1);
});

test("an offering without a version or a zone counts as none", async () => {
    const odd = { OrderableDBInstanceOptions: [{}, { EngineVersion: "17.5" }] };
    const problems = await problemsWith({ DescribeOrderableDBInstanceOptions: odd });
    expect(problems).toEqual([
        expect.stringContaining("us-east-1 does not offer db.serverless of Aurora PostgreSQL 17"),
    ]);
});

test.each([...regionChecks, domainCheck(resolve), ...accountServiceChecks])(
    "$name: it reads all pages, and takes just the IAM actions that it names",
    async ({ run, iamActions }) => {
        const answers = { ...ready, DescribeHub: {} };
        const { clients, taken } = asked(answers);
        const { accountServices } = settingsOfStack("prod");
        const created = Object.fromEntries(Object.keys(accountServices).map((service) => [service, "create"]));
        const subject = await subjectOf("prod", { accountServices: created as typeof accountServices });
        expect(await run(clients, subject)).toEqual(await run(clientsWith(answers).clients, subject));
        expect(taken).toEqual(new Set(iamActions));
    },
);
