import { existsSync } from "node:fs";
import { join } from "node:path";
import { DescribeRepositoriesCommand, GetAuthorizationTokenCommand, type ECRClient } from "@aws-sdk/client-ecr";
import type { SchemaVersions } from "../../contract/schema.ts";
import { requireItem } from "../../lib/list.ts";
import { regionalHost } from "../../lib/partitions.ts";
import { requireCaller } from "../frame/account.ts";
import { hasErrorName } from "../frame/aws-errors.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { compactTime } from "../frame/values.ts";
import { checkImage, markAsDeployed, type CheckedImage } from "./checked-image.ts";
import { docker, requireDocker } from "./docker.ts";
import { readFindingExceptions } from "./finding-exceptions.ts";
import type { ImageRepository } from "./reference.ts";
import { RecordedSchemas, schemaOfSources } from "./schema.ts";
import { serviceRepository } from "./service-repository.ts";
import { StackServices } from "./stack-services.ts";

const dockerfile = "services/Dockerfile";

/** An image to build: a service of the stack, or its migration, that has a program in `services/`. */
interface Build {
    readonly owner: string;
    readonly repository: ImageRepository;
    readonly schema: SchemaVersions;
}

const buildArguments = ({ owner, schema }: Build, image: string): string[] => [
    // The last stage installs the newest packages: one from the cache would have those of its day.
    ...[
        "buildx",
        "build",
        "--pull",
        "--no-cache-filter",
        "service",
        "--platform",
        "linux/arm64",
        "--build-arg",
        `SERVICE=${owner}`,
    ],
    ...["--build-arg", `SCHEMA_VERSION=${schema.version}`],
    ...["--build-arg", `OLDEST_SERVED_SCHEMA_VERSION=${schema.oldestServed}`],
    ...["--file", dockerfile, "--tag", image, "--push", "."],
];

/**
 * Builds the images of the programs in `services/`, pushes them, waits for their scans, and records them all, or none.
 *
 * @returns what has changed in the stack's file
 * @throws ExitError `no-docker` where this machine cannot build; `failed` with all images that are refused
 */
export async function buildImages(context: CommandContext, stack: string): Promise<string> {
    const { root, env, progress, clock, fetch, createClients, say } = context;
    const services = new StackServices(root, stack);
    const builds = findBuilds(context, services, stack);
    const { region, account } = placeOf(builds);
    // ECR refuses another image under a tag that it has: each run has a tag of its own.
    const tag = `build-${compactTime(clock.now())}`;
    await requireDocker({ root, env }, commandsElsewhere(stack, builds, tag));
    const exceptions = await readFindingExceptions(context, stack);

    const { ecr, sts } = await createClients(region);
    await requireCaller({ sts }, account);
    await requireRepositories(ecr, builds);
    const registry = await logIn(context, ecr);
    try {
        for (const build of builds) {
            const { name } = build.repository;
            progress.step(`building and pushing ${name}:${tag}`);
            await docker({ root, env }, buildArguments(build, `${registry}/${name}:${tag}`));
        }
    } finally {
        await docker({ root, env }, ["logout", registry]);
    }

    const checked: (CheckedImage & { readonly owner: string })[] = [];
    const refusals: string[] = [];
    for (const { owner, repository } of builds) {
        progress.step(`checking the image in ${repository.name}`);
        try {
            const pushed = { imageTag: tag };
            const image = await checkImage({ ecr, fetch, clock }, repository, pushed, exceptions, { isNew: true });
            image.accepted.forEach(say);
            checked.push({ owner, ...image });
        } catch (error) {
            if (!(error instanceof ExitError)) {
                throw error;
            }
            refusals.push(`${owner}: ${error.message}`);
        }
    }
    if (refusals.length === 0) {
        const schemas = new RecordedSchemas({ ecr, fetch }, { root, stack, services });
        refusals.push(...(await schemas.problemsOf(new Map(checked.map(({ owner, schema }) => [owner, schema])))));
    }
    if (refusals.length > 0) {
        throw new ExitError("failed", [...refusals, "no image is recorded"].join("\n"));
    }
    for (const image of checked) {
        await markAsDeployed({ ecr }, image);
    }
    return services.recordDigests(checked.map(({ owner, image }) => [owner, image.digest]));
}

/** Region and account of the repositories: those of the stack. */
const placeOf = (builds: readonly Build[]): ImageRepository => requireItem(builds, 0).repository;

/** What to run, by a shell, on a machine with Docker. */
function commandsElsewhere(stack: string, builds: readonly Build[], tag: string): string {
    const { region, account = "$(aws sts get-caller-identity --query Account --output text)" } = placeOf(builds);
    const commands = [
        `REGISTRY="${account}.${regionalHost("dkr.ecr", region)}"`,
        `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin "$REGISTRY"`,
        ...builds.map(
            (build) => `docker ${buildArguments(build, `"$REGISTRY/${build.repository.name}:${tag}"`).join(" ")}`,
        ),
        'docker logout "$REGISTRY"',
        ...builds.map(({ owner, repository: { name } }) => `npm run images -- ${stack} ${owner} ${name}:${tag}`),
    ];
    return [
        "run these where it is. They record one image after the other: if one is refused, those before it stay recorded.",
        ...commands,
    ].join("\n  ");
}

function findBuilds({ root, say }: CommandContext, services: StackServices, stack: string): Build[] {
    const owners = services.imageOwners();
    const [built, others] = [true, false].map((wanted) =>
        owners.filter((owner) => existsSync(join(root, "services", owner, "main.ts")) === wanted),
    ) as [string[], string[]];
    if (built.length === 0) {
        throw new ExitError(
            "failed",
            `services/ has the program of no service of ${stack}: build its images elsewhere`,
        );
    }
    others.forEach((owner) => {
        say(`${owner} is not built: services/${owner}/main.ts is not there`);
    });
    const schema = schemaOfSources(root);
    return built.map((owner) => ({ owner, repository: serviceRepository(root, stack, owner), schema }));
}

async function requireRepositories(ecr: ECRClient, builds: readonly Build[]): Promise<void> {
    const repositoryNames = builds.map(({ repository }) => repository.name);
    try {
        await ecr.send(new DescribeRepositoriesCommand({ repositoryNames }));
    } catch (error) {
        if (hasErrorName(error, "RepositoryNotFoundException")) {
            throw new ExitError(
                "failed",
                `one of the repositories ${repositoryNames.join(", ")} is not there: deploy the stack once, it makes them`,
            );
        }
        throw error;
    }
}

/** Logs Docker in to the registry of the account, by a token that is valid for 12 hours; returns the registry's host. */
async function logIn({ root, env }: CommandContext, ecr: ECRClient): Promise<string> {
    const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const registry = (data?.proxyEndpoint ?? "").replace(/^https:\/\//, "");
    const [, password = ""] = Buffer.from(data?.authorizationToken ?? "", "base64")
        .toString()
        .split(":");
    if (registry === "" || password === "") {
        throw new ExitError("failed", "ECR answered without a token for its registry: run it again");
    }
    await docker({ root, env }, ["login", "--username", "AWS", "--password-stdin", registry], password);
    return registry;
}
