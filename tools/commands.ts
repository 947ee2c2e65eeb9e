import type { Command } from "./frame/command.ts";

/** A command that `npm run <name> -- [arguments]` runs. */
interface CommandRow {
    /** One line for the help and docs/commands.md. */
    readonly summary: string;
    readonly load: () => Promise<{ readonly command: Command }>;
    /** Modules that the command uses, of those that are seldom used (`plan/load-on-demand.ts`). */
    readonly usedModules?: readonly string[];
    /** The command can change a stack or its account, and must not seem to have succeeded when its output is closed. */
    readonly changesAws?: true;
}

/** The Automation API runs Pulumi's CLI by it. */
const automationModules = ["execa"];

/** Every command, by its name. A new one is a row here, a file, and a script in package.json. */
export const commands: Readonly<Record<string, CommandRow>> = {
    plan: {
        summary: "show everything that a stack would build, without an AWS account",
        load: () => import("./plan/command.ts"),
    },
    check: {
        summary: "check the rules on what a stack would build, without an AWS account",
        load: () => import("./check/command.ts"),
    },
    diff: {
        summary:
            "show everything that a change does to a stack: compare its plan with another one, or with what is deployed",
        load: () => import("./diff/command.ts"),
        usedModules: automationModules,
    },
    envdiff: {
        summary: "show how two stacks differ: by which setting, and in which resources and properties",
        load: () => import("./envdiff/command.ts"),
    },
    report: {
        summary:
            "write a page about a stack for reading: architecture, resources, access, network paths, alarms, controls",
        load: () => import("./report/command.ts"),
        usedModules: automationModules,
    },
    cost: {
        summary: "show what stacks cost a month, at rest or with traffic, and compare it with a budget",
        load: () => import("./cost/command.ts"),
    },
    simulate: {
        summary: "simulate a spike of load on a stack, second by second; docs/simulation.md describes the model",
        load: () => import("./simulate/command.ts"),
    },
    local: {
        summary:
            "run the services of a stack on this machine, without an AWS account; `demo` shows the life of payments",
        load: () => import("./local/command.ts"),
    },
    new: {
        summary: "write the file of a new stack: a copy of another one that works beside it in the same account",
        load: () => import("./new/command.ts"),
    },
    deploy: {
        summary: "deploy a stack, and what belongs to it; it needs no preparation but AWS credentials",
        load: () => import("./deploy/command.ts"),
        usedModules: automationModules,
        changesAws: true,
    },
    images: {
        summary: "check an image of a service and record its digest in the stack's settings",
        load: () => import("./images/command.ts"),
        changesAws: true,
    },
    migrate: {
        summary: "run the recorded image of the database migration, show its log, end with its result",
        load: () => import("./migrate/command.ts"),
        usedModules: automationModules,
        changesAws: true,
    },
    reconcile: {
        summary: "compare payments with the acquirer's report now, or settle a difference that a person has clarified",
        load: () => import("./reconcile/command.ts"),
        usedModules: automationModules,
        changesAws: true,
    },
    rollback: {
        summary: "record the image that a service had before the present one, for the next update",
        load: () => import("./rollback/command.ts"),
        changesAws: true,
    },
    rotate: {
        summary:
            "rotate the cache's token, the API's, or a merchant's key: two updates, between which both values are valid",
        load: () => import("./rotate/command.ts"),
        usedModules: automationModules,
        changesAws: true,
    },
    drill: {
        summary: "restore a stack's database and transaction log into copies, and delete the copies",
        load: () => import("./drill/command.ts"),
        changesAws: true,
    },
    logs: {
        summary: "show the log of a service, or of one request across all services",
        load: () => import("./logs/command.ts"),
    },
    redrive: {
        summary: "show the messages of a dead-letter queue without their values, and send them back to their queue",
        load: () => import("./redrive/command.ts"),
        changesAws: true,
    },
    evidence: {
        summary: "write what an auditor requests of a deployed stack, with dates and requirements of PCI DSS",
        load: () => import("./evidence/command.ts"),
        usedModules: automationModules,
    },
    "break-glass": {
        summary: "run one statement in the database as the person on call; this raises an alarm",
        load: () => import("./break-glass/command.ts"),
        changesAws: true,
    },
    "break-glass:user": {
        summary: "create the database user of the person on call, or give it the present password of its secret",
        load: () => import("./break-glass/user-command.ts"),
        changesAws: true,
    },
    golden: {
        summary: "write what Git keeps of each stack: rights, network paths, identities of what holds data",
        load: () => import("./golden/command.ts"),
    },
    schema: {
        summary: "write the JSON schemas and the tables of the docs that are made from the code",
        load: () => import("./schema/command.ts"),
    },
    bench: {
        summary: "measure time and memory of the plan of prod with 3, 30 and 100 services",
        load: () => import("./bench/command.ts"),
    },
    "bench:validator": {
        summary: "measure the size of the validator's bundle and the time of its validation",
        load: () => import("./bench/validator-command.ts"),
    },
    "bench:services": {
        summary: "measure the services under load on this machine: times, throughput, memory, cost of a payment",
        load: () => import("./local/bench/command.ts"),
    },
};
