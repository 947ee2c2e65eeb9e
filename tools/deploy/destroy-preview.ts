import { paginateDescribeImages } from "@aws-sdk/client-ecr";
import { typesWith } from "../../plan/catalogue/catalogue.ts";
import { collectPages, type AwsClients } from "../frame/aws-clients.ts";
import { firstLineOfError } from "../frame/exit.ts";
import { paginateObjectVersions } from "../frame/object-versions.ts";
import { logicalNameOf, outputText, stateResourcesOfType, type State, type StateResource } from "../../plan/state.ts";

/** What an operator should know before a stack is destroyed. */
export interface DestroyPreview {
    /** What Pulumi or AWS does not delete. */
    readonly protectedResources: readonly string[];
    /** Data that is deleted with it. */
    readonly deletedData: readonly string[];
    /** What AWS deletes slowly. */
    readonly slowDeletions: readonly string[];
    /** What AWS keeps. */
    readonly remainingResources: readonly string[];
}

type DescribeResource = (inputs: NonNullable<StateResource["inputs"]>, resource: StateResource) => string | undefined;

const deletions = typesWith("deletion");

/** Inputs by which AWS refuses to delete. */
const protectionInputs = [
    ...new Set(
        deletions.flatMap(([, { inputs = [] }]) =>
            inputs.filter((each) => each.protected === true && each.unprotected === false).map(({ input }) => input),
        ),
    ),
];

export async function previewDestroy(clients: Pick<AwsClients, "s3" | "ecr">, state: State): Promise<DestroyPreview> {
    return {
        protectedResources: findProtectedResources(state),
        deletedData: await countStoredData(clients, state),
        slowDeletions: describeByType(
            state,
            deletions.map(([type, { duration }]) => [type, () => duration]),
        ),
        remainingResources: describeByType(
            state,
            deletions.map(([type, { remains = () => undefined }]) => [type, remains]),
        ),
    };
}

export const findProtectedResources = ({ resources }: State): string[] =>
    resources.flatMap((resource) => {
        const protectingInputs = protectionInputs.filter((key) => resource.inputs?.[key] === true);
        const by = [...(resource.protect === true ? ["Pulumi's protect"] : []), ...protectingInputs];
        return by.length > 0 ? [`${logicalNameOf(resource)} (${resource.type}): ${by.join(", ")}`] : [];
    });

const describeByType = (
    state: State,
    descriptions: readonly (readonly [type: string, describe: DescribeResource])[],
): string[] => [
    ...new Set(
        descriptions.flatMap(([type, describe]) =>
            stateResourcesOfType(state, type).flatMap((resource) => {
                const what = describe(resource.inputs ?? {}, resource);
                return what === undefined ? [] : [`${logicalNameOf(resource)}: ${what}`];
            }),
        ),
    ),
];

async function countStoredData({ s3, ecr }: Pick<AwsClients, "s3" | "ecr">, state: State): Promise<string[]> {
    const locked = new Set(
        stateResourcesOfType(state, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").map(
            ({ inputs }) => inputs?.bucket,
        ),
    );
    const buckets = stateResourcesOfType(state, "s3/bucket:Bucket").map((bucket) =>
        describeContent(
            bucket,
            "bucket",
            "objects and versions",
            "forceDestroy",
            (name) => countObjects(s3, name),
            locked.has(bucket.inputs?.bucket) ? lockedDeletionText : deletionText,
        ),
    );
    const repositories = stateResourcesOfType(state, "ecr/repository:Repository").map((repository) =>
        describeContent(repository, "name", "images", "forceDelete", async (name) => {
            const pages = paginateDescribeImages({ client: ecr }, { repositoryName: name });
            return String((await collectPages(pages, (page) => page.imageDetails)).length);
        }),
    );
    return (await Promise.all([...buckets, ...repositories])).flat();
}

const deletionText = "deleted with it";
/** The generated policies deny it to the deployer (`plan/catalogue/s3.ts`). */
const lockedDeletionText =
    "deleted with it against Object Lock, which the deployer's role may not do: destroy with rights of your own (docs/deploy.md)";

async function describeContent(
    resource: StateResource,
    nameKey: string,
    what: string,
    forcedBy: string,
    count: (name: string) => Promise<string>,
    whenForced = deletionText,
): Promise<string[]> {
    const name = outputText(resource, nameKey);
    try {
        const found = await count(name);
        const onDestroyText = resource.inputs?.[forcedBy] === true ? whenForced : `AWS refuses: ${forcedBy} is off`;
        return found === "0" ? [] : [`${name}: ${found} ${what}, ${onDestroyText}`];
    } catch (error) {
        return [`${name}: could not be counted: ${firstLineOfError(error)}`];
    }
}

/** Pages of 1,000 objects that are counted: a larger number is no more useful to an operator. */
const maxPages = 10;

async function countObjects(s3: AwsClients["s3"], bucket: string): Promise<string> {
    let objects = 0;
    let pages = 0;
    for await (const page of paginateObjectVersions(s3, { Bucket: bucket })) {
        objects += (page.Versions?.length ?? 0) + (page.DeleteMarkers?.length ?? 0);
        pages += 1;
        if (pages === maxPages && page.IsTruncated === true) {
            return `${objects} or more`;
        }
    }
    return String(objects);
}
