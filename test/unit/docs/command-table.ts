/** How the tests show that a command of the pages works as it is written. */
export type Shown =
    /** It runs offline in the test, on the stacks of the tests. `code`: its exit code, by default 0, with the reason. */
    | { readonly by: "run"; readonly code?: number; readonly reason?: string }
    /** Its own parser accepts it; `runIn` is the test that runs it, and `reason` says why that is another one. */
    | { readonly by: "parser"; readonly runIn: string; readonly reason: string }
    /** An npm script, whose arguments are parts of the names of these files. */
    | { readonly by: "script"; readonly argumentFiles?: string; readonly reason: string }
    /** The SDK of AWS has the operation and each option. */
    | { readonly by: "sdk" }
    /** Only the shell's syntax and the row itself are checked. */
    | { readonly by: "shell"; readonly reason: string };

const run: Shown = { by: "run" };
const sdk: Shown = { by: "sdk" };

const recordedAws = "calls AWS, which the test answers";
const usesPulumi = "needs Pulumi's CLI and AWS";
const takesMinutes = "takes minutes";
const noClient = "the tests have no SDK client of the service";
const noCall = "is a command of the AWS CLI without a call of the same name";
const noPulumi = "the unit tests have no CLI of Pulumi";
const noTool = "the unit tests have no such program";

const recorded = (runIn: string, reason = recordedAws): Shown => ({
    by: "parser",
    runIn: `test/unit/${runIn}`,
    reason,
});
const onEngine = (file: string): Shown => ({ by: "parser", runIn: `test/engine/${file}.test.ts`, reason: usesPulumi });
const script = (reason: string, argumentFiles?: string): Shown => ({ by: "script", reason, argumentFiles });
const shell = (reason: string): Shown => ({ by: "shell", reason });

/** By the first words of a command; the longest entry counts. A subcommand of `deploy` follows its name. */
export const commandTable: Readonly<Record<string, Shown>> = {
    "npm run plan": run,
    "npm run check": run,
    "npm run envdiff": run,
    "npm run simulate": run,
    "npm run simulate prod --within 0": { by: "run", code: 1, reason: "prod does not absorb such a spike" },
    "npm run new": run,
    "npm run cost": run,
    "npm run diff": recorded("tools/diff/command.test.ts", "compares with a commit, which the test gives it"),
    "npm run report": recorded("tools/report/report.test.ts", "writes a file, and compares with a commit"),
    "npm run golden": recorded("tools/golden.test.ts", "writes the records of all stacks"),
    "npm run schema": recorded("settings/schema.test.ts", "writes the pages themselves"),
    "npm run bench": recorded("tools/bench.test.ts", takesMinutes),
    "npm run bench:validator": recorded("tools/bench-validator.test.ts", takesMinutes),
    "npm run bench:services": {
        by: "parser",
        runIn: "test/services/bench.test.ts",
        reason: "starts PostgreSQL, Redis and the services as processes",
    },
    "npm run local": {
        by: "parser",
        runIn: "test/services/local.test.ts",
        reason: "starts PostgreSQL, Redis and the services as processes",
    },
    "npm run images": recorded("tools/images.test.ts"),
    "npm run migrate": recorded("tools/migrate.test.ts"),
    "npm run reconcile": recorded("tools/reconcile.test.ts"),
    "npm run rollback": recorded("tools/rollback.test.ts"),
    "npm run logs": recorded("tools/logs.test.ts"),
    "npm run redrive": recorded("tools/redrive.test.ts"),
    "npm run break-glass": recorded("tools/break-glass/command.test.ts"),
    "npm run break-glass:user": recorded("tools/break-glass/user-command.test.ts"),
    "npm run evidence": recorded("tools/evidence.test.ts"),
    "npm run rotate": recorded("tools/rotate.test.ts"),
    "npm run drill": recorded("tools/drill/command.test.ts"),
    "npm run deploy": recorded("tools/deploy/command.test.ts"),
    "npm run deploy up": onEngine("services"),
    "npm run deploy preview": onEngine("consequences"),
    "npm run deploy adopt": onEngine("adopted"),
    "npm run deploy drift": onEngine("drift"),
    "npm run deploy outputs": recorded("tools/deploy/command.test.ts"),
    "npm run deploy manifest": recorded("tools/deploy/command.test.ts"),
    "npm run deploy destroy": onEngine("destroy"),
    "npm run deploy cancel": onEngine("locked"),
    "npm run deploy pulumi": onEngine("update-output"),

    "npm ci": shell("the workflows run it before everything else"),
    "npm test": shell("runs this test"),
    "npm run format": script("rewrites every file"),
    "npm run fuzz": script(takesMinutes),
    "npm run mutation": script(takesMinutes),
    "npm run test:unit": script("runs this test", "test/unit/**/*.test.ts"),
    "npm run test:integration": script("needs a deployed stack", "test/integration/**/*.test.ts"),
    "npm run docs": script("needs a Chromium"),
    "npm run test:browser": script("needs a Chromium", "test/browser/*.test.ts"),
    "npm run test:services": script("needs PostgreSQL and Redis as processes", "test/services/*.test.ts"),
    "npm run test:faults": script("needs PostgreSQL and Redis as processes", "test/faults/*.test.ts"),
    "npm run build:services": script("writes bundles, which test/services/bundle.test.ts runs"),
    "npm run test:engine": script("needs Pulumi's CLI and an emulator of AWS", "test/engine/*.test.ts"),
    "node tools/run.ts": shell("test/unit/tools/frame.test.ts lists the commands"),
    "node /app/reconcile.mjs": shell("is the program of a container, which test/services/bundle.test.ts runs"),
    "node /app/after-restore.mjs": shell("is the program of a container, which test/services/bundle.test.ts runs"),

    aws: sdk,
    "aws cloudformation": shell(noClient),
    "aws health": shell(noClient),
    "aws xray": shell(noClient),
    "aws ecr get-login-password": shell(noCall),
    "aws cloudtrail validate-logs": shell(noCall),
    "aws s3 mb": shell(noCall),

    "pulumi config": shell(noPulumi),
    "pulumi destroy": shell(noPulumi),
    "pulumi login": shell(noPulumi),
    "pulumi org": shell(noPulumi),
    "pulumi preview": shell(noPulumi),
    "pulumi refresh": shell(noPulumi),
    "pulumi stack": shell(noPulumi),
    "pulumi state": shell(noPulumi),
    "pulumi up": shell(noPulumi),

    curl: shell(noTool),
    docker: shell("needs a Docker engine"),
    git: shell("reads other repositories, or the history of the clone"),
    gh: shell(noTool),
    jq: shell(noTool),
    openssl: shell(noTool),

    ...Object.fromEntries(
        [
            "base64",
            "break",
            "cat",
            "cut",
            "date",
            "echo",
            "grep",
            "head",
            "nl",
            "return",
            "rm",
            "sed",
            "sleep",
            "test",
            "tr",
            "umask",
            "wait",
        ].map((tool) => [tool, shell("is a tool of POSIX")]),
    ),
};

/** Values for `<name>` in commands. */
export const placeholders: Readonly<Record<string, string>> = {
    arguments: "dev",
    command: "plan",
    digest: `sha256:${"0".repeat(64)}`,
    file: "plan.json",
    image: `sha256:${"0".repeat(64)}`,
    merchant: "example-shop",
    name: "plan",
    service: "api",
    stack: "dev",
    subcommand: "up",
    suite: "deployed-shape",
};

/** Stacks whose file has the settings of the YAML blocks of a page while the commands of the page run, by page. */
export const stackWithSettings: Readonly<Record<string, string>> = { "docs/deployer.md": "prod" };

/** Variables of the shell that the pages set, with the values of the runbook. */
export const variables: Readonly<Record<string, string>> = { STACK: "prod", SERVICE: "api", QUEUE: "processing" };
