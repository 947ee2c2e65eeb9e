import {
    ListObjectVersionsCommand,
    type ListObjectVersionsCommandInput,
    type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import type { AwsClients } from "./aws-clients.ts";

/** Pages of the versions and delete markers in a bucket. The SDK has no paginator for them. */
export async function* paginateObjectVersions(
    s3: Pick<AwsClients["s3"], "send">,
    input: ListObjectVersionsCommandInput,
): AsyncGenerator<ListObjectVersionsCommandOutput, void, undefined> {
    let next = input;
    for (;;) {
        const page = await s3.send(new ListObjectVersionsCommand(next));
        yield page;
        if (page.IsTruncated !== true) {
            return;
        }
        next = { ...input, KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
}
