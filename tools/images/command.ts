import { nameOf } from "../../lib/scope.ts";
import { namespace, regionKey } from "../../lib/settings/problem.ts";
import { readStack } from "../../plan/stack-file.ts";
import { argument, defineCommand, option } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { stackArgument, stackProblem } from "../frame/stack-argument.ts";
import { parseImageId, type ImageRepository } from "./reference.ts";
import { requireCleanScan, findDigest, findRunnableImage, type RegistryAccess } from "./registry.ts";
import { StackServices } from "./stack-services.ts";

const spec = {
    arguments: {
        stack: stackArgument,
        service: argument("<service>", "name of the service in its settings"),
        image: argument("[image]", "<repository>:<tag>, <repository>@sha256:... or sha256:..."),
    },
    options: { from: option("<stack>", "take the digest that another stack runs", { problem: stackProblem }) },
};

export const command = defineCommand(spec, async ({ stack, service, image, from }, context) => {
    if ((image === undefined) === (from === undefined)) {
        throw new ExitError("usage", "give either an image or --from <stack>");
    }
    const wanted = image ?? digestInStack(context.root, from ?? "", service);
    context.out(await recordImage(context, stack, service, wanted));
});

/** Checks and records; returns what has changed. */
async function recordImage(
    { root, createClients, fetch, clock }: CommandContext,
    stack: string,
    service: string,
    image: string,
): Promise<string> {
    const repository = serviceRepository(root, stack, service);
    const services = new StackServices(root, stack);
    services.requireService(service);
    const wanted = parseImageId(repository, image);
    const { ecr } = await createClients(repository.region);
    const registry: RegistryAccess = { ecr, fetch, clock };
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
        throw new ExitError("failed", `Pulumi.${stack}.yaml must set environmentSuffix and ${regionKey}`);
    }
    return { name: nameOf({ suffix }, service), region, account: config[`${namespace}accountId`] };
}

/** Digest that another stack has for the service. */
function digestInStack(root: string, from: string, service: string): string {
    const services = new StackServices(root, from);
    services.requireService(service);
    const digest = services.getDigest(service);
    if (digest === undefined) {
        throw new ExitError("failed", `stack ${from} has no imageDigest for ${service}: record one there first`);
    }
    return digest;
}
