import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { manifestSchema } from "../../../lib/manifest.ts";
import { outputFilePath } from "../../../tools/deploy/output-files.ts";

const arn = z.string().regex(/^arn:aws[a-z-]*:/);
const names = z.record(z.string(), z.string().min(1));
const subnets = z.array(z.string().startsWith("subnet-")).min(2);

/** The outputs of a deployed stack (`index.ts`). Every test starts from them. */
export const outputsSchema = z.strictObject({
    environment: z.string().min(1),
    environmentSuffix: z.string().min(1),
    region: z.string().min(1),
    apiUrl: z.url(),
    apiGatewayUrl: z.url(),
    apiGatewayId: z.string().min(1),
    merchantKeySecretArns: z.record(z.string(), arn),
    acquirerSecretArns: z.record(z.string(), arn),
    albDnsName: z.string().min(1),
    vpcId: z.string().startsWith("vpc-"),
    publicSubnetIds: subnets,
    privateSubnetIds: subnets,
    databaseSubnetIds: subnets,
    databaseEndpoint: z.string().min(1),
    databaseReaderEndpoint: z.string().min(1),
    databaseSecretArn: arn,
    cacheEndpoint: z.string().min(1),
    queueUrls: z.record(z.string(), z.url()),
    deadLetterQueueNames: names,
    topicArns: z.record(z.string(), arn),
    ecsClusterName: z.string().min(1),
    serviceNames: names,
    repositoryUrls: names,
    logGroupNames: z.array(z.string().min(1)).min(1),
    auditBucketName: z.string().min(1),
    transactionTableName: z.string().min(1),
    validatorFunctionName: z.string().min(1),
    dashboardUrl: z.url(),
    manifest: manifestSchema,
});
export type Outputs = z.infer<typeof outputsSchema>;

/** The outputs of the stack under test, or, in one line, why there are none. */
export type Found = { outputs: Outputs; missing?: undefined } | { outputs?: undefined; missing: string };

/**
 * Outputs from `STACK_OUTPUTS` (a file such as `pulumi stack output --json --show-secrets` writes, or its text), else from
 * the two files that a deployment writes: `outputs/<STACK>.json` and `outputs/<STACK>.manifest.json`.
 *
 * @throws Error that names each output of the wrong form: wrong outputs must fail the tests, not skip them
 */
export function readOutputs({ STACK_OUTPUTS: given, STACK: stack }: NodeJS.ProcessEnv): Found {
    if (given === undefined && stack === undefined) {
        return { missing: "set STACK_OUTPUTS to the stack's outputs, or STACK to a stack that was deployed from here" };
    }
    if (given?.trimStart().startsWith("{") === true) {
        return parse(given);
    }
    const files =
        given === undefined
            ? [outputFilePath("", stack ?? "", "outputs"), outputFilePath("", stack ?? "", "manifest")]
            : [given];
    const [absent] = files.filter((file) => !existsSync(file));
    if (absent !== undefined) {
        return {
            missing: `${absent} does not exist: deploy the stack, or set STACK_OUTPUTS to a file with what \`pulumi stack output --json --show-secrets\` prints`,
        };
    }
    const [outputs = "", manifest] = files.map((file) => readFileSync(file, "utf8"));
    return parse(outputs, manifest);
}

/** @param manifest when it is not among the outputs */
function parse(text: string, manifest?: string): Found {
    const outputs = JSON.parse(text) as object;
    const parsed = outputsSchema.safeParse(
        manifest === undefined ? outputs : { ...outputs, manifest: JSON.parse(manifest) as unknown },
    );
    if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
        throw new Error(`the outputs are not those of this program:\n${problems.join("\n")}`);
    }
    return { outputs: parsed.data };
}
