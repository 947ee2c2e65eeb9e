import { GetBucketAclCommand, type Grant as AclGrant } from "@aws-sdk/client-s3";
import { readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { buckets } from "../../../plan/catalogue/s3.ts";
import { defineLister, type ChildListers } from "../listing.ts";
import { textOrUnknown } from "../text.ts";
import { bucketReportListers } from "./s3-reports.ts";
import { bucketSettingListers } from "./s3-settings.ts";

/** ACLs say nothing while `BucketOwnerEnforced` is on, but would once it is off. */
const aclGrantLister = defineLister<AclGrant & { readonly owner: string }>({
    item: "ACL grant",
    permissions: [readGrant("s3: GetBucketAcl", buckets)],
    list: async ({ s3 }, { id }) => {
        const { Grants = [], Owner } = await s3.send(new GetBucketAclCommand({ Bucket: id }));
        return Grants.map((grant) => ({ ...grant, owner: Owner?.ID ?? "" }));
    },
    key: ({ Grantee, Permission }, { id }) => `${id} ${textOrUnknown(Grantee?.URI ?? Grantee?.ID)} ${Permission}`,
    byAws: [
        {
            what: "the owner's right to the bucket, which it is made with",
            source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
            matches: ({ Grantee, owner }) => Grantee?.ID !== undefined && Grantee.ID === owner,
        },
    ],
    opens: ({ Grantee, Permission }) =>
        `${Grantee?.URI?.endsWith("/AllUsers") ? "anybody" : textOrUnknown(Grantee?.URI ?? Grantee?.ID)} has ${Permission} of the bucket, where ACLs count`,
    remove: (_, { id }) => `aws s3api put-bucket-acl --bucket ${id} --acl private`,
});

export const s3: Readonly<Record<string, ChildListers>> = {
    "s3/bucket:Bucket": [...bucketSettingListers, ...bucketReportListers, aclGrantLister],
};
