import type { ECRClient } from "@aws-sdk/client-ecr";
import type { Command } from "commander";
import { at } from "../../lib/list.ts";
import { nameOf } from "../../lib/scope.ts";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { commandNamed, exitCodeOf, type Streams } from "../plan/command-line.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { readStack } from "../../plan/stack-file.ts";
import { ImageProblem } from "./problem.ts";
import { imageIn, type Repository } from "./reference.ts";
import { demandCleanScan, digestOf, runnable, type Registry } from "./registry.ts";
import { StackServices } from "./stack-services.ts";

export interface Surroundings extends Omit<Registry, "ecr">, Streams {
    /** Folder of the project. */
    root: string;
    ecr: (region: string) => Pick<ECRClient, "send">;
}

/** Runs the command and gives its exit code: 0, 1 for an image that is not recorded, 2 for arguments that make no sense. */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { out } = surroundings;
    const command: Command = commandOf(surroundings);
    return exitCodeOf(
        async () => {
            command.parse(argv, { from: "user" });
            const [stack, service] = [at(command.args, 0), at(command.args, 1)];
            const image = command.args.at(2);
            const { from } = command.opts<{ from?: string }>();
            if (image !== undefined && from !== undefined) {
                command.error("error: give either an image or --from <stack>");
            }
            const wanted = from === undefined ? image : promoted(surroundings.root, from, service);
            if (wanted === undefined) {
                command.error("error: give an image, or --from <stack>");
            }
            out(await record(surroundings, stack, service, wanted));
            return 0;
        },
        surroundings,
        describe,
    );
}

const commandOf = (streams: Surroundings): Command =>
    commandNamed("images", streams)
        .description("Checks an image of a service and records its digest in the stack's settings.")
        .argument("<stack>", "name of the stack, as in Pulumi.<stack>.yaml")
        .argument("<service>", "name of the service in its settings")
        .argument("[image]", "<repository>:<tag>, <repository>@sha256:... or sha256:...")
        .option("--from <stack>", "take the digest that another stack runs");

/** Such as an expired session: AWS's own words say it best. */
function describe(error: unknown): string {
    if (error instanceof ImageProblem || error instanceof PlanError) {
        return error.message;
    }
    const { name, message } = error as Error;
    return `AWS cannot be asked: ${name}: ${message}`;
}

/** Checks and records; returns what has changed. */
async function record(
    { root, ecr, fetch, wait }: Surroundings,
    stack: string,
    service: string,
    image: string,
): Promise<string> {
    const repository = repositoryOf(root, stack, service);
    const services = new StackServices(root, stack);
    services.demand(service);
    const wanted = imageIn(repository, image);
    const registry: Registry = { ecr: ecr(repository.region), fetch, wait };
    const { digest, armDigest } = await runnable(registry, repository, await digestOf(registry, repository, wanted));
    await demandCleanScan(registry, repository, armDigest);

    const before = services.digestOf(service);
    if (before === digest) {
        return `${service} of ${stack} has ${digest} already\n`;
    }
    services.record(service, digest);
    return [
        `Pulumi.${stack}.yaml: services.${service}.imageDigest`,
        `  was ${before ?? "not set"}`,
        `  is  ${digest}`,
        `Next: npm run deploy -- ${stack} up`,
        "",
    ].join("\n");
}

function repositoryOf(root: string, stack: string, service: string): Repository {
    const { config } = readStack(root, stack);
    const suffix = config[`${namespace}environmentSuffix`];
    const region = config[regionKey];
    if (suffix === undefined || region === undefined) {
        throw new ImageProblem(`Pulumi.${stack}.yaml must set environmentSuffix and ${regionKey}`);
    }
    return { name: nameOf({ suffix }, service), region, account: config[`${namespace}accountId`] };
}

/** Digest that another stack has for the service. */
function promoted(root: string, from: string, service: string): string {
    // It tells of a stack that is not there.
    readStack(root, from);
    const services = new StackServices(root, from);
    services.demand(service);
    const digest = services.digestOf(service);
    if (digest === undefined) {
        throw new ImageProblem(`stack ${from} has no imageDigest for ${service}: record one there first`);
    }
    return digest;
}
