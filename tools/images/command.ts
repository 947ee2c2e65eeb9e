import { migrationNoun } from "../../lib/settings/migration.ts";
import { argument, defineCommand, option } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { serviceArgument, stackArgument, stackProblem } from "../frame/stack-argument.ts";
import { parseImageId } from "./reference.ts";
import { findImage, findRunnableImage, tagAsDeployed, type RegistryAccess } from "./registry.ts";
import { serviceRepository } from "./service-repository.ts";
import { requireCleanScan } from "./scan.ts";
import { StackServices } from "./stack-services.ts";

const spec = {
    arguments: {
        stack: stackArgument,
        service: serviceArgument(migrationNoun),
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

/** Checks an image, tags it in its repository, and records it; returns what has changed in the file. */
async function recordImage(
    { root, createClients, fetch, clock, progress }: CommandContext,
    stack: string,
    service: string,
    named: string,
): Promise<string> {
    const repository = serviceRepository(root, stack, service);
    const services = new StackServices(root, stack);
    services.requireImageOwner(service);
    const wanted = parseImageId(repository, named);
    const { ecr } = await createClients(repository.region);
    const registry: RegistryAccess = { ecr, fetch, clock };
    progress.step(`checking the image in ${repository.name}`);
    const image = await findImage(registry, repository, wanted);
    const { manifest, armDigest } = await findRunnableImage(registry, repository, image.digest);
    await requireCleanScan(registry, repository, armDigest);
    await tagAsDeployed(registry, repository, image, manifest);

    return services.recordDigest(service, image.digest);
}

/** Digest that another stack has for the service. */
function digestInStack(root: string, from: string, service: string): string {
    const services = new StackServices(root, from);
    services.requireImageOwner(service);
    const digest = services.getDigest(service);
    if (digest === undefined) {
        throw new ExitError("failed", `stack ${from} has no imageDigest for ${service}: record one there first`);
    }
    return digest;
}
