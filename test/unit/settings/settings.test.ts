import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings.ts";
import { problemLine } from "../../../lib/settings/problem.ts";
import { readStackConfig, type StackConfig, withSetting, withSettings } from "./stack-config.ts";

const today = "2026-06-30";
const dev = readStackConfig("dev");
const prod = readStackConfig("prod");
const problemsOf = (config: StackConfig) => readSettings(config, [], today).problems;

test.each([
    ["dev", "none", []],
    ["staging", "PCI-DSS", [{ rule: "no-failure-tests" }]],
    ["prod", "PCI-DSS", []],
])("stack %s of the tests has compliance %s, no problem, and waives %j", (stack, compliance, waivers) => {
    const { settings, problems } = readSettings(readStackConfig(stack), [], today);
    expect(problems).toBeUndefined();
    expect(settings).toMatchObject({ environment: stack, environmentSuffix: stack, region: "us-east-1" });
    expect(settings).toMatchObject({ compliance, waivers });
    expect(settings).toMatchObject({ deletionProtection: false, network: { egress: "endpoints" } });
});

test.each(["dev", "staging", "prod"])("in stack %s every service can scale to ten times its load", (stack) => {
    const services = Object.values(readSettings(readStackConfig(stack), [], today).settings?.services ?? {});
    expect(services).toHaveLength(3);
    expect(services.map(({ maxTasks }) => maxTasks)).toEqual(services.map(({ minTasks }) => 10 * minTasks));
});

test("an ephemeral copy needs nothing but its own suffix", () => {
    expect(problemsOf(withSetting(dev, "environmentSuffix", "pr-123"))).toBeUndefined();
});

test("a missing setting has the safe default", () => {
    const { settings } = readSettings(dev, [], today);
    expect(settings).toMatchObject({
        edge: { allowedCidrs: ["0.0.0.0/0"], httpRedirect: false },
        waf: { countOnly: ["AnonymousIpList"] },
        compute: { execCommand: false },
        logs: { level: "info" },
        database: { engineVersion: "17", instanceClass: "db.serverless" },
        services: { api: { publishes: [], backlogPerTask: 100 } },
        alerts: { critical: [], warning: [] },
    });
});

test("text is kept as text, so that an account ID keeps its leading zero", () => {
    const { settings } = readSettings(withSettings(dev, { accountId: "012345678901", costCenter: "4711" }), [], today);
    expect(settings).toMatchObject({ accountId: "012345678901", costCenter: "4711" });
});

const digest = "sha256:12";
const long = "a".repeat(40);
/** 65 characters. */
const longDomain = `${"d".repeat(53)}.example.com`;
const longOrigins = [`https://a.${"x".repeat(1490)}`, `https://b.${"x".repeat(1490)}`];

test.each([
    ["network.cidr", "10.0.0.0/8", 'must be a private IPv4 block of /16 to /20, got "10.0.0.0/8"'],
    ["network.cidr", "8.8.0.0/16", 'must be a private IPv4 block of /16 to /20, got "8.8.0.0/16"'],
    [
        "network.cidr",
        "10.0.1.0/16",
        'must have no host bits after its /16: the network is 10.0.0.0/16, got "10.0.1.0/16"',
    ],
    ["network.cidr", "010.0.0.0/16", 'must be a private IPv4 block of /16 to /20, got "010.0.0.0/16"'],
    ["network.cidr", "10.00.0.0/16", 'must be a private IPv4 block of /16 to /20, got "10.00.0.0/16"'],
    ["network.cidr", "172.32.0.0/16", 'must be a private IPv4 block of /16 to /20, got "172.32.0.0/16"'],
    ["network.cidr", "10.256.0.0/16", 'must be a private IPv4 block of /16 to /20, got "10.256.0.0/16"'],
    ["network.cidr", "10.0.0.0", 'must be a private IPv4 block of /16 to /20, got "10.0.0.0"'],
    ["network.cidr", 10, 'must be a private IPv4 block of /16 to /20, got "10"'],
    ["network.cidr", 10.5, "must be text (in quotes, if it looks like a number), got 10.5"],
    ["network.availabilityZones", 1, "must be a whole number from 2 to 4, got 1"],
    ["network.availabilityZones", 5, "must be a whole number from 2 to 4, got 5"],
    ["network.availabilityZones", 2.5, "must be a whole number from 2 to 4, got 2.5"],
    ["network.availabilityZones", "two", 'must be a whole number from 2 to 4, got "two"'],
    ["network", "10.0.0.0/16", 'must be a group of settings, got "10.0.0.0/16"'],
    ["edge", { allowedCidrs: [] }, "must have at least 1 entry, got []", "edge.allowedCidrs"],
    [
        "edge",
        { allowedCidrs: ["203.0.113.7/24"] },
        'must have no host bits after its /24: the network is 203.0.113.0/24, got "203.0.113.7/24"',
        "edge.allowedCidrs[0]",
    ],
    [
        "edge",
        { allowedCidrs: ["0.0.0.0/00"] },
        'must be an IPv4 block such as 203.0.113.0/24, got "0.0.0.0/00"',
        "edge.allowedCidrs[0]",
    ],
    [
        "certificate",
        { source: "dns", domainName: longDomain, zoneName: "example.com" },
        `must have at most 64 characters, got "${longDomain}"`,
        "certificate.domainName",
    ],
    [
        "gateway.corsOrigins",
        longOrigins,
        `must have at most 3000 characters in total: the payment validator has them in its environment, for which Lambda allows 4 KB, got ${JSON.stringify(longOrigins).slice(0, 120)}…`,
    ],
    [
        "edge",
        { allowedCidrs: ["203.0.113.7"] },
        'must be an IPv4 block such as 203.0.113.0/24, got "203.0.113.7"',
        "edge.allowedCidrs[0]",
    ],
    [
        "edge",
        { allowedCidrs: ["203.0.113.0/24", "203.0.113.0/24"] },
        'must name each value once, got ["203.0.113.0/24","203.0.113.0/24"]',
        "edge.allowedCidrs",
    ],
    [
        "environmentSuffix",
        long,
        `must have at most 16 characters (AWS allows 32 characters for the load balancer payment-<suffix> and 8 characters that Pulumi adds), got "${long}"`,
    ],
    [
        "environmentSuffix",
        "Dev",
        'must be lower-case letters and digits, in groups joined by single hyphens, beginning with a letter, got "Dev"',
    ],
    ["environment", "", 'must be 1 to 256 letters, digits, spaces or + - = . _ : / @, got ""'],
    ["accountId", "12345", 'must be the 12 digits of an AWS account, in quotes, got "12345"'],
    ["deletionProtection", "yes", 'must be true or false, got "yes"'],
    ["costCenter", "", 'must be 1 to 256 letters, digits, spaces or + - = . _ : / @, got ""'],
    [
        "tags",
        { "aws:owner": "x" },
        'must be 1 to 128 letters, digits, spaces or + - = . _ : / @ and not begin with aws:, got "aws:owner"',
        'tags["aws:owner"]',
    ],
    [
        "gateway.merchants",
        { "1abc": {} },
        "must be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        "gateway.merchants.1abc",
    ],
    ["gateway.merchants", { ab: {} }, "must have at least 3 characters", "gateway.merchants.ab"],
    ["services.api.cpuUnits", 300, "must be 256, 512, 1024, 2048, 4096, 8192 or 16384, got 300"],
    ["services.api.minTasks", -1, "must be a whole number from 0 to 1000, got -1"],
    [
        "services.api.imageDigest",
        digest,
        'must be sha256: and 64 hexadecimal digits, as `docker push` prints it, got "sha256:12"',
    ],
    ["services.api.path", "/api", 'must look like /api/*, got "/api"'],
    ["services.api.stores", "database", 'must be a list, got "database"'],
    ["services.api.stores", ["database", "database"], 'must name each value once, got ["database","database"]'],
    [
        "services.api.sends",
        ["procesing"],
        'must name queues of the stack (did you mean processing?), got ["procesing"]',
    ],
    [
        "services.api.metrics",
        ["payment"],
        'must name groups of metrics (did you mean payments?), got "payment"',
        "services.api.metrics[0]",
    ],
    ["services.api", 5, "must be a group of settings"],
    ["services", {}, "must name 1 to 100 services, got 0"],
    [
        "queues",
        Object.fromEntries(Array.from({ length: 104 }, (_, i) => [`q${i}`, {}])),
        "must name at most 100 queues, got 104",
    ],
    ["services", [], "must be a group of settings by name"],
    ["certificate.source", "letsencrypt", 'must be "self-signed", "dns" or "arn", got "letsencrypt"'],
    [
        "certificate",
        {},
        'is required: "self-signed", "dns" or "arn". Certificate of the load balancer. `self-signed`: created and imported, for dev. `dns`: issued by ACM, with DNS validation. `arn`: an existing one.',
        "certificate.source",
    ],
    ["certificate", "dns", 'must be a group of settings, got "dns"'],
    ["database.minAcu", 0.3, "must be a multiple of 0.5, got 0.3"],
    ["database.maxAcu", 512, "must be a number from 1 to 256, got 512"],
    ["database.engineVersion", 18, 'must be "16" or "17", got "18"'],
    ["database.monitoringIntervalSeconds", 20, "must be 0, 1, 5, 10, 15, 30 or 60, got 20"],
    ["alerts", { critical: ["nobody"] }, 'must be an e-mail address, got "nobody"', "alerts.critical[0]"],
    [
        "logs.applicationRetentionDays",
        10,
        "must be 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, got 10",
    ],
])("%s: %j is refused with the rule and the value", (field, value, message, at = field) => {
    expect(problemsOf(withSetting(dev, field, value))).toEqual([`payment-platform:${at} ${message}`]);
});

test.each([
    ["cpu-high", 250, "must be a number from 0 to below 100, in percent, as CPUUtilization is never higher, got 250"],
    ["cpu-high", -1, "must be a number from 0 to below 100, in percent, as CPUUtilization is never higher, got -1"],
    [
        "memory-full",
        100,
        "must be a number from 0 to below 100, in percent, as DatabaseMemoryUsagePercentage is never higher, got 100",
    ],
    [
        "acquirer-errors",
        100,
        "must be a number from 0.1 to below 100 percent of the calls to the acquirer, as AcquirerErrors is never higher, and a few failures among many are normal, got 100",
    ],
    [
        "target-5xx",
        100,
        "must be a number from 0.1 to below 100 percent of the requests, as HTTPCode_Target_5XX_Count is never higher, and a few failures among many are normal, got 100",
    ],
    [
        "target-5xx",
        0,
        "must be a number from 0.1 to below 100 percent of the requests, as HTTPCode_Target_5XX_Count is never higher, and a few failures among many are normal, got 0",
    ],
    [
        "application-errors",
        0,
        "must be a number from 0.1 to below 100 percent of the requests, processed messages or log lines, with the errors, as errors is never higher, and a few failures among many are normal, got 0",
    ],
    [
        "latency-p99",
        60,
        "must be a number from 0 to below 60, in seconds, as TargetResponseTime is never higher, got 60",
    ],
    [
        "latency-p99",
        "slow",
        'must be a number from 0 to below 60, in seconds, as TargetResponseTime is never higher, got "slow"',
    ],
    [
        "api-slow",
        29_000,
        "must be a number from 0 to below 29000, in milliseconds, as Latency is never higher, got 29000",
    ],
    [
        "oldest-message",
        1_209_600,
        "must be a number from 0 to below 1209600, in seconds, as ApproximateAgeOfOldestMessage is never higher, got 1209600",
    ],
    ["drill-overdue", 1, "must be a number from 0 to below 1, as DrillOverdue is never higher, got 1"],
    ["memory-low", 256, "must be a number of 1048576 or more, in bytes, as FreeableMemory is never lower, got 256"],
    ["certificate-expiring", 0, "must be a number above 0, in days, as DaysToExpiry is never lower, got 0"],
    ["tasks-missing", 0, "must be a number above 0, as RunningTaskCount is never lower, got 0"],
    ["dead-letters", -1, "must be a number of 0 or more, got -1"],
])(
    "alarmThresholds.%s: %j, with which the alarm would never or always be raised, is refused",
    (alarm, value, message) => {
        expect(problemsOf(withSetting(dev, "alarmThresholds", { [alarm]: value }))).toEqual([
            `payment-platform:alarmThresholds.${alarm} ${message}`,
        ]);
    },
);

test("every problem is reported at once, also thresholds, limits below AWS's least and periods that AWS does not have", () => {
    const changes = {
        "alarmThresholds.cpu-high": 250,
        "waf.requestsPer5Minutes": 9,
        "logs.applicationRetentionDays": 8,
        "services.api.minTasks": 30,
        "gateway.ratePerSecond": 10,
    };
    expect(problemsOf(withSettings(dev, changes))).toEqual([
        "payment-platform:waf.requestsPer5Minutes must be a whole number from 10 to 2000000000, got 9",
        expect.stringMatching(/^payment-platform:logs\.applicationRetentionDays must be 1, 3, .* or 3653, got 8$/),
        expect.stringContaining("payment-platform:alarmThresholds.cpu-high must be a number from 0 to below 100"),
        "payment-platform:gateway.ratePerSecond must be at least that of each merchant (50), got 10",
        "payment-platform:services.api.minTasks must be at most maxTasks (20), got 30",
    ]);
});

test.each([
    ["database.readers", "is required: Reader instances. A failover to another zone needs one."],
    ["costCenter", "is required: CostCenter tag."],
    ["network", "is required: The VPC, and how tasks connect to AWS."],
])("%s has no safe default, and its message says what it is for", (field, message) => {
    expect(problemsOf(withSetting(dev, field, undefined))).toEqual([`payment-platform:${field} ${message}`]);
});

test.each([
    [
        "transactions.capacity",
        {},
        'transactions.capacity.mode is required: "on-demand" or "provisioned". Capacity mode of the table.',
    ],
    ["topics.events", null, "topics.events must be a group of settings, and {} where it has none, got null"],
    // A service has required settings.
    ["services.api", null, "services.api must be a group of settings"],
    [
        "waivers",
        [{ rule: "no-spot", reason: "the launch is in May 2027" }],
        "waivers[0].expires is required: Last day of the waiver.",
    ],
])("%s: %j is refused with what to write", (field, value, line) => {
    expect(problemsOf(withSetting(dev, field, value))).toContain(`payment-platform:${line}`);
});

test("a setting in a group that Pulumi has set as a key of its own, without --path, is refused with the way to set it", () => {
    expect(problemsOf({ ...dev, "payment-platform:services.api.minTasks": "2" })).toEqual([
        "payment-platform:services.api.minTasks is not a setting (write api.minTasks below services, or use pulumi config set --path)",
    ]);
});

test.each([
    ["enviroment", "x", "enviroment is not a setting (did you mean environment?)"],
    ["network.cird", "x", "network.cird is not a setting (did you mean cidr?)"],
    ["services.api.maxtasks", 2, "services.api.maxtasks is not a setting (did you mean maxTasks?)"],
    [
        "certificate.domainName",
        "a.example.com",
        "certificate.domainName cannot be set with source self-signed, only with dns or arn",
    ],
    ["certificate.arn", "x", "certificate.arn cannot be set with source self-signed, only with arn"],
    ["certificate.domain", "x", "certificate.domain is not a setting (valid names: source)"],
    [
        "transactions.capacity.units",
        5,
        "transactions.capacity.units cannot be set with mode on-demand, only with provisioned",
    ],
    ["audit.bucket", "x", "audit.bucket is not a setting (valid names: cloudTrail, objectLock)"],
])("the unknown key %s is refused with the most similar known one", (field, value, line) => {
    expect(problemsOf(withSetting(dev, field, value))).toEqual([`payment-platform:${line}`]);
});

test("the value of an unknown key is not printed: it may be a secret", () => {
    expect(problemsOf(withSetting(dev, "databasePassword", "hunter2"))?.join()).not.toContain("hunter2");
});

test("the region is required and must have the form of one", () => {
    expect(problemsOf(withSetting(dev, "aws:region", undefined))).toEqual([
        "aws:region is required: AWS region of the stack.",
    ]);
    expect(problemsOf(withSetting(dev, "aws:region", "virginia"))).toEqual([
        'aws:region must be an AWS region such as us-east-1, got "virginia"',
    ]);
});

const acquirerProblem =
    "payment-platform:services.payment.acquirer.url must be an https URL such as https://api.acquirer.example/v1, " +
    "without credentials, port, query and fragment (the credential belongs into the secret)";
const withAcquirer = (url: unknown) =>
    withSettings(dev, {
        "network.egress": "nat",
        "network.natGateways": "single",
        "services.payment.acquirer": { url },
    });

test.each([
    "http://api.acquirer.example",
    "https://api.acquirer.example:8443/v1",
    "https://10.0.0.7/v1",
    "https://localhost",
    "https://api.acquirer.example/v1 ",
    "https://merchant:s3cr3t@api.acquirer.example",
    "https://merchant:p@ss/w@api.acquirer.example",
    "https:/merchant:s3cr3t@api.acquirer.example",
    "https:\\\\merchant:s3cr3t@api.acquirer.example",
    "merchant:s3cr3t@api.acquirer.example",
    "https://api.acquirer.example/v1?key=s3cr3t",
    "https://api.acquirer.example/x y?token=s3cr3t",
    "https://api.acquirer.example/v1#s3cr3t",
])("an acquirer at %s is refused, and not repeated: it may have a credential", (url) => {
    expect(problemsOf(withAcquirer(url))).toEqual([acquirerProblem]);
});

test.each([
    ["https://api.acquirer.example/v1/..", "have no segment . or .. in its path"],
    ["https://api.acquirer.example/./v1", "have no segment . or .. in its path"],
    ["https://api.acquirer.internal/v1", "name a host of at most 253 characters below a public top-level domain"],
    ["https://api.acquirer.localdomain", "name a host of at most 253 characters below a public top-level domain"],
    [`https://${"a.".repeat(123)}example`, undefined],
    [`https://${"a.".repeat(124)}example`, "name a host of at most 253 characters below a public top-level domain"],
])("an acquirer at %s must %s", (url, must) => {
    const [problem, ...others] = problemsOf(withAcquirer(url)) ?? [];
    expect(others).toEqual([]);
    expect(problem?.split(": tasks")[0]).toBe(must && `payment-platform:services.payment.acquirer.url must ${must}`);
});

test.each(["https://api.acquirer.example", "https://api.acquirer.example/", "https://a.example/v1/..payments-2.0/..."])(
    "an acquirer at %s is accepted",
    (url) => {
        expect(problemsOf(withAcquirer(url))).toBeUndefined();
    },
);

test("other namespaces are ignored", () => {
    expect(problemsOf({ ...dev, "pulumi:tags": "{}", "other:token": "x" })).toBeUndefined();
});

test.each([
    ["payment-platfrom:deletionProtection", "did you mean payment-platform:deletionProtection?"],
    ["payment-platfrom:deletionProtectoin", "did you mean payment-platform:deletionProtection?"],
    ["paymentplatform:accountId", "did you mean payment-platform:accountId?"],
    ["other:accountId", "did you mean payment-platform:accountId?"],
    ["aws:regoin", "did you mean aws:region?"],
    ["awz:region", "did you mean aws:region?"],
    [
        "aws:profile",
        "the program reads aws:region and the keys of payment-platform: alone; credentials come from the environment, such as AWS_PROFILE",
    ],
])("a key that Pulumi accepts and nobody reads is refused: %s", (key, suggestion) => {
    expect(problemsOf({ ...dev, [key]: "hunter2" })).toEqual([`${key} is not a setting (${suggestion})`]);
});

test("all problems are reported at once, of every kind", () => {
    const config = withSettings(prod, {
        "network.availabilityZones": 1,
        "network.cird": "10.0.0.0/16",
        certificate: { source: "self-signed" },
        "services.api.cpuUnits": 300,
        "services.payment.memoryMib": 512,
        "services.payment.path": "/payment/*",
        "services.notification.path": "/payment/*",
        "logs.auditRetentionDays": 30,
        waivers: [{ rule: "no-spott", reason: "A typing mistake on purpose.", expires: "2027-01-01" }],
    });
    expect(problemsOf(config)?.toSorted()).toEqual(
        [
            "payment-platform:network.availabilityZones must be a whole number from 2 to 4, got 1",
            "payment-platform:network.cird is not a setting (did you mean cidr?)",
            'payment-platform:certificate.source must not be "self-signed" with compliance PCI-DSS (guardrail certificate-trusted), got "self-signed"',
            "payment-platform:services.api.cpuUnits must be 256, 512, 1024, 2048, 4096, 8192 or 16384, got 300",
            "payment-platform:services.payment.memoryMib must be one of 4096, 5120, 6144, 7168, 8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, 16384 with 2048 CPU units, got 512",
            'payment-platform:services.payment.path must differ from that of notification, got "/payment/*"',
            "payment-platform:logs.auditRetentionDays must be 365 or more with compliance PCI-DSS (guardrail audit-logs-kept), got 30",
            'payment-platform:waivers[0].rule must name a guardrail (did you mean no-spot?), got "no-spott"',
        ].toSorted(),
    );
});

test("prod with one zone and a self-signed certificate gets both problems", () => {
    const config = withSettings(prod, { "network.availabilityZones": 1, certificate: { source: "self-signed" } });
    expect(problemsOf(config)).toEqual([
        "payment-platform:network.availabilityZones must be a whole number from 2 to 4, got 1",
        'payment-platform:certificate.source must not be "self-signed" with compliance PCI-DSS (guardrail certificate-trusted), got "self-signed"',
    ]);
});

test("a fraction in place of a whole number does not hide other problems", () => {
    const config = withSettings(dev, { "database.readers": 0.5, "services.api.minTasks": 21 });
    expect(problemsOf(config)).toEqual([
        "payment-platform:database.readers must be a whole number from 0 to 15, got 0.5",
        "payment-platform:services.api.minTasks must be at most maxTasks (20), got 21",
    ]);
});

test("a long value is shortened, so that the list stays readable", () => {
    const [line = ""] = problemsOf(withSetting(dev, "network.cidr", "x".repeat(500))) ?? [];
    expect(line).toMatch(/got "x{119}…$/);
});

test("a value is marked as shortened only when something is missing", () => {
    const values = Array.from({ length: 200 }, (_, length) => "x".repeat(length));
    const shown = values.map((got) => ({ got, line: problemLine({ path: ["network"], message: "is wrong", got }) }));
    for (const { got, line } of shown) {
        expect(line.endsWith("…")).toBe(!line.includes(`"${got}"`));
    }
    expect(new Set(shown.map(({ line }) => line.endsWith("…"))).size).toBe(2);
});

test("an empty configuration lists the required settings", () => {
    const problems = problemsOf({}) ?? [];
    expect(problems).toHaveLength(18);
    expect(problems.filter((line) => !line.includes(" is required: "))).toEqual([]);
});
