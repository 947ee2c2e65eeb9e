import type { ECRClient } from "@aws-sdk/client-ecr";
import type { Command } from "commander";
import { requireItem } from "../../lib/list.ts";
import { nameOf } from "../../lib/scope.ts";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { createCommand, runForExitCode, type OutputStreams } from "../plan/command-line.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { readStack } from "../../plan/stack-file.ts";
import { ImageError } from "./image-error.ts";
import { parseImageId, type ImageRepository } from "./reference.ts";
import { requireCleanScan, findDigest, findRunnableImage, type RegistryAccess } from "./registry.ts";
import { StackServices } from "./stack-services.ts";

export interface ImagesContext extends Omit<RegistryAccess, "ecr">, OutputStreams {
    /** Folder of the project. */
    root: string;
    createEcrClient: (region: string) => Pick<ECRClient, "send">;
}

/** Runs the command and gives its exit code: 0, 1 for an image that is not recorded, 2 for arguments that make no sense. */
export async function run(argv: string[], context: ImagesContext): Promise<number> {
    const { out } = context;
    const command: Command = defineCommand(context);
    return runForExitCode(
        async () => {
            command.parse(argv, { from: "user" });
            const [stack, service] = [requireItem(command.args, 0), requireItem(command.args, 1)];
            const image = command.args.at(2);
            const { from } = command.opts<{ from?: string }>();
            if (image !== undefined && from !== undefined) {
                command.error("error: give either an image or --from <stack>");
            }
            const wanted = from === undefined ? image : digestInStack(context.root, from, service);
            if (wanted === undefined) {
                command.error("error: give an image, or --from <stack>");
            }
            out(await recordImage(context, stack, service, wanted));
            return 0;
        },
        context,
        errorText,
    );
}

const defineCommand = (streams: ImagesContext): Command =>
    createCommand("images", streams)
        .description("Checks an image of a service and records its digest in the stack's settings.")
        .argument("<stack>", "name of the stack, as in Pulumi.<stack>.yaml")
        .argument("<service>", "name of the service in its settings")
        .argument("[image]", "<repository>:<tag>, <repository>@sha256:... or sha256:...")
        .option("--from <stack>", "take the digest that another stack runs");

/** Such as an expired session: AWS's own words say it best. */
function errorText(error: unknown): string {
    if (error instanceof ImageError || error instanceof PlanError) {
        return error.message;
    }
    const { name, message } = error as Error;
    return `AWS cannot be asked: ${name}: ${message}`;
}

/** Checks and records; returns what has changed. */
async function recordImage(
    { root, createEcrClient, fetch, wait }: ImagesContext,
    stack: string,
    service: string,
    image: string,
): Promise<string> {
    const repository = serviceRepository(root, stack, service);
    const services = new StackServices(root, stack);
    services.requireService(service);
    const wanted = parseImageId(repository, image);
    const registry: RegistryAccess = { ecr: createEcrClient(repository.region), fetch, wait };
    const { digest, armDigest } = await findRunnableImage(
        registry,
        repository,
        await findDigest(registry, repository, wanted),
    );
    await requireCleanScan(registry, repository, armDigest);

    const before = services.getDigest(service);
    if (before === digest) {
        return `${service} of ${stack} has ${digest} already\n`;
    }
    services.setDigest(service, digest);
    return [
        `Pulumi.${stack}.yaml: services.${service}.imageDigest`,
        `  was ${before ?? "not set"}`,
        `  is  ${digest}`,
        `Next: npm run deploy -- ${stack} up`,
        "",
    ].join("\n");
}

function serviceRepository(root: string, stack: string, service: string): ImageRepository {
    const { config } = readStack(root, stack);
    const suffix = config[`${namespace}environmentSuffix`];
    const region = config[regionKey];
    if (suffix === undefined || region === undefined) {
        throw new ImageError(`Pulumi.${stack}.yaml must set environmentSuffix and ${regionKey}`);
    }
    return { name: nameOf({ suffix }, service), region, account: config[`${namespace}accountId`] };
}

/** Digest that another stack has for the service. */
function digestInStack(root: string, from: string, service: string): string {
    // It tells of a stack that is not there.
    readStack(root, from);
    const services = new StackServices(root, from);
    services.requireService(service);
    const digest = services.getDigest(service);
    if (digest === undefined) {
        throw new ImageError(`stack ${from} has no imageDigest for ${service}: record one there first`);
    }
    return digest;
}
