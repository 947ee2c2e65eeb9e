import * as pulumi from "@pulumi/pulumi";
import {
    CommandError,
    ConcurrentUpdateError,
    StackNotFoundError,
    type PulumiCommand,
} from "@pulumi/pulumi/automation/index.js";
import { readSettings, type PlatformSettings } from "../../../../lib/settings.ts";
import { createClients, type AwsClients } from "../../../../tools/frame/aws-clients.ts";
import type { PulumiAccess } from "../../../../tools/deploy/pulumi-access.ts";
import type { DeployedStack, OpenStack, Session } from "../../../../tools/deploy/session.ts";
import { emptyState, type State, type StateResource } from "../../../../plan/state.ts";
import { Secret, type Plan } from "../../../../plan/plan.ts";
import { readStack } from "../../../../plan/stack-file.ts";
import { testProjectFolder } from "../../../project.ts";
import { toolContext } from "../run-tool.ts";

export type Input = Readonly<Record<string, unknown>>;
/** What AWS answers: an output, an error, or one that hangs on the input. */
export type FakeResponse = object | Error | ((input: Input) => object);
/** By the command's name, such as `DescribeVpcs`. */
export type FakeResponses = Readonly<Record<string, FakeResponse>>;

/** Made once: the SDK's paginators take real clients only, which take time to make. */
const realClients = createClients({ region: "us-east-1" });

interface SentCommand {
    readonly constructor: { readonly name: string };
    readonly input: Input;
    readonly schema: OperationSchema;
}
/** What the SDK knows of a command: the last two parts are its request and its answer. */
export type OperationSchema = readonly [
    ...[kind: number, namespace: string, name: string, traits: unknown],
    SchemaOfStructure,
    SchemaOfStructure,
];
/** The fifth part is the names of the members; an answer may have none. */
export type SchemaOfStructure = () => readonly [number, string, string, unknown, (readonly string[])?];

/** Clients of AWS that call this function with the name and the input of each command, and the name of the client. */
export const clientsSending = (
    answer: (name: string, input: Input, service: string, schema: OperationSchema) => unknown,
): AwsClients =>
    new Proxy(realClients, {
        get: (real, service) =>
            service in real
                ? (Object.create(real[service as keyof AwsClients], {
                      send: {
                          value: ({ constructor, input, schema }: SentCommand) =>
                              answer(constructor.name.replace(/Command$/, ""), input, String(service), schema),
                      },
                  }) as object)
                : undefined,
    });

/** Clients of AWS that answer from a table, and the calls that they were sent. */
export function clientsWith(answers: FakeResponses): { clients: AwsClients; calls: [string, Input][] } {
    const calls: [string, Input][] = [];
    const clients = clientsSending((name, input) => {
        calls.push([name, input]);
        return answerFrom(answers, name, input);
    });
    return { clients, calls };
}

/** The answer of a table to a call. */
export function answerFrom(answers: FakeResponses, name: string, input: Input): Promise<object> {
    const given = answers[name] ?? new Error(`no answer to ${name}`);
    const answer = typeof given === "function" ? (given as (input: Input) => object)(input) : given;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
}

/** An error of AWS's, by its name. */
export const awsError = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** IAM's answer to a simulation, with the decision on each resource. */
export const simulation =
    (isAllowed: (principal: string, action: string, resource: string) => boolean): FakeResponse =>
    (input) => {
        const { PolicySourceArn, ActionNames, ResourceArns } = input as {
            PolicySourceArn: string;
            ActionNames: string[];
            ResourceArns: string[];
        };
        return {
            EvaluationResults: ActionNames.map((action) => {
                const decisions = ResourceArns.map((resource) =>
                    isAllowed(PolicySourceArn, action, resource) ? "allowed" : "implicitDeny",
                );
                return {
                    EvalActionName: action,
                    EvalDecision: decisions.find((each) => each !== "allowed") ?? "allowed",
                    ResourceSpecificResults: ResourceArns.map((EvalResourceName, i) => ({
                        EvalResourceName,
                        EvalResourceDecision: decisions[i],
                    })),
                };
            }),
        };
    };

const errors = { CommandError, ConcurrentUpdateError, StackNotFoundError };

/** An error as the Automation API makes them of a command of Pulumi's. */
export function pulumiError(stderr: string, kind: keyof typeof errors = "CommandError"): Error {
    const message = `code: -2\n stdout: \n stderr: ${stderr}\n err?: Error\n`;
    // Their constructors are internal to the Automation API.
    return Object.assign(Object.create(errors[kind].prototype) as Error, { name: kind, message });
}

/** Settings of a stack of the tests. */
export function settingsOfStack(stack: string): PlatformSettings {
    const { config, secretKeys } = readStack(testProjectFolder, stack);
    return settingsOfConfig(config, secretKeys);
}

/** Settings of a configuration. @throws Error with the problems of one that is refused */
export function settingsOfConfig(
    config: Readonly<Record<string, string>>,
    secretKeys: readonly string[] = [],
): PlatformSettings {
    const { settings, problems } = readSettings(config, secretKeys, "2026-01-01");
    if (problems) {
        throw new Error(problems.join("\n"));
    }
    return settings;
}

export const stateResource = (type: string, name: string, rest: Partial<StateResource> = {}): StateResource => ({
    urn: `urn:pulumi:dev::payment-platform::${type}::${name}`,
    type,
    custom: true,
    ...rest,
});

/** A state with these resources, and nothing half made. */
export const stateWith = (resources: readonly StateResource[]): State => ({ ...emptyState, resources });

/** A secret as Pulumi exports it with `--show-secrets`. */
export const exportedSecret = (value: unknown) => ({
    [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
    plaintext: JSON.stringify(value),
});

const exportSecrets = (values: Plan["outputs"]): Plan["outputs"] =>
    Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
            key,
            value instanceof Secret ? exportedSecret(value.value) : value,
        ]),
    );

/** What `up` would leave in the state of a plan. */
export const stateResourcesOf = (plan: Plan): StateResource[] =>
    plan.nodes.map(({ urn, type, custom, id, inputs, outputs, options }) => ({
        urn,
        type,
        custom,
        id,
        inputs,
        outputs: exportSecrets({ ...inputs, ...outputs }),
        protect: options.protect,
    }));

/** Services without tasks that run the task definitions of the state, as ECS describes them. */
export const settledServices =
    (resources: () => readonly StateResource[]): ((input: Input) => object) =>
    ({ services }) => ({
        services: (services as string[]).map((name) => ({
            serviceName: name,
            status: "ACTIVE",
            desiredCount: 0,
            deployments: [
                {
                    status: "PRIMARY",
                    rolloutState: "COMPLETED",
                    taskDefinition: resources().find(({ outputs }) => outputs?.name === name && outputs.taskDefinition)
                        ?.outputs?.taskDefinition,
                },
            ],
        })),
    });

/** A stack of the Automation API that records its calls. */
export function fakeStack(
    resources: readonly StateResource[] | (() => readonly StateResource[]) = [],
    replies: Readonly<Record<string, (options: never) => Promise<unknown>>> = {},
): { stack: DeployedStack; asked: string[] } {
    const asked: string[] = [];
    const method = (name: string, result: () => unknown) => (options: never) => {
        asked.push(name);
        return (replies[name] ?? (() => Promise.resolve(result())))(options);
    };
    const methods = ["up", "preview", "refresh", "previewRefresh", "destroy", "cancel"].map((name) => [
        name,
        method(name, () => ({})),
    ]);
    const exportStack = method("exportStack", () => ({
        version: 3,
        deployment: { resources: typeof resources === "function" ? resources() : resources },
    }));
    const stack: unknown = Object.fromEntries([...methods, ["exportStack", exportStack]]);
    return { stack: stack as DeployedStack, asked };
}

/** A session without a terminal, and what it said. */
export function sessionWith(given: Partial<Session> & Pick<Session, "root">): {
    session: Session;
    said: string[];
    shown: string[];
} {
    const said: string[] = [];
    const shown: string[] = [];
    const session: Session = {
        ...toolContext().context,
        stack: "dev",
        out: (text) => void shown.push(text),
        say: (line) => void said.push(line),
        args: [],
        rules: () => Promise.resolve([]),
        cli: () => Promise.reject(new Error("no CLI in this test")),
        openStack: () => Promise.reject(new Error("no stack in this test")),
        ...given,
    };
    return { session, said, shown };
}

/** An installed Pulumi that opens stacks by a function. */
export const pulumiWith = (openStack: OpenStack, given: Partial<PulumiAccess> = {}): PulumiAccess => ({
    installer: {
        get: () => Promise.resolve(fakePulumiCommand("3.999.0")),
        install: () => Promise.reject(new Error("installed")),
    },
    openStack,
    createCli: () => () => Promise.reject(new Error("no CLI in this test")),
    ...given,
});

/** A terminal that gives these answers, one after the other, and records the questions. */
export function terminalWith(...answers: string[]): {
    ask: (question: string) => Promise<string>;
    askSecret: (question: string) => Promise<string>;
    questions: string[];
} {
    const questions: string[] = [];
    const ask = (question: string): Promise<string> => {
        questions.push(question);
        return Promise.resolve(answers.shift() ?? "");
    };
    return { ask, askSecret: ask, questions };
}

/** A Pulumi of some version. */
export const fakePulumiCommand = (version: string): PulumiCommand =>
    ({
        command: "pulumi",
        version: {
            compare: (other: string) => version.localeCompare(other, "en", { numeric: true }),
            toString: () => version,
        },
    }) as unknown as PulumiCommand;
