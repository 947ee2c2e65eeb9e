import { migrationNoun } from "../../lib/settings/migration.ts";
import { argument, defineCommand, flag, option } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { serviceArgument, stackArgument, stackProblem } from "../frame/stack-argument.ts";
import { buildImages } from "./build.ts";
import { checkImage, markAsDeployed } from "./checked-image.ts";
import { readFindingExceptions } from "./finding-exceptions.ts";
import { parseImageId } from "./reference.ts";
import type { RegistryAccess } from "./registry.ts";
import { RecordedSchemas } from "./schema.ts";
import { serviceRepository } from "./service-repository.ts";
import { StackServices } from "./stack-services.ts";

const { text, isName } = serviceArgument(migrationNoun);

const spec = {
    arguments: {
        stack: stackArgument,
        service: argument("[service]", text, { isName }),
        image: argument("[image]", "<repository>:<tag>, <repository>@sha256:... or sha256:..."),
    },
    options: {
        from: option("<stack>", "take the digest that another stack runs", { problem: stackProblem }),
        build: flag("build, push and record the images of all programs in services/; takes no service and no image", {
            conflicts: ["from"],
        }),
    },
    exitReasons: ["done", "failed", "usage", "no-docker", "cancelled"],
} as const;

export const command = defineCommand(spec, async ({ stack, service, image, from, build }, context) => {
    if (build) {
        if (service !== undefined) {
            throw new ExitError("usage", "--build takes no service and no image: it builds all");
        }
        context.out(await buildImages(context, stack));
        return;
    }
    if (service === undefined) {
        throw new ExitError("usage", "missing <service>, or --build for all");
    }
    if ((image === undefined) === (from === undefined)) {
        throw new ExitError("usage", "give either an image or --from <stack>");
    }
    const wanted = image ?? digestInStack(context.root, from ?? "", service);
    context.out(await recordImage(context, stack, service, wanted));
});

/** Checks an image, tags it in its repository, and records it; returns what has changed in the file. */
async function recordImage(context: CommandContext, stack: string, service: string, named: string): Promise<string> {
    const { root, createClients, fetch, clock, progress, say } = context;
    const repository = serviceRepository(root, stack, service);
    const services = new StackServices(root, stack);
    services.requireImageOwner(service);
    const wanted = parseImageId(repository, named);
    const exceptions = await readFindingExceptions(context, stack);
    const { ecr } = await createClients(repository.region);
    const registry: RegistryAccess = { ecr, fetch, clock };
    progress.step(`checking the image in ${repository.name}`);
    const checked = await checkImage(registry, repository, wanted, exceptions);
    checked.accepted.forEach(say);
    const schemas = new RecordedSchemas(registry, { root, stack, services });
    const problems = await schemas.problemsOf(new Map([[service, checked.schema]]));
    if (problems.length > 0) {
        throw new ExitError("failed", problems.join("\n"));
    }
    await markAsDeployed(registry, checked);
    return services.recordDigest(service, checked.image.digest);
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
