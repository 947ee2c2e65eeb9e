import { GetBucketAclCommand, type Grant as AclGrant } from "@aws-sdk/client-s3";
import { readGrant } from "../../../analysis/deployer/grant.ts";
import { buckets } from "../../../analysis/deployer/grants/stores.ts";
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

const settingOfBucket = "it is a setting of its bucket, which Pulumi's refresh compares";

export const s3: Readonly<Record<string, ChildListers>> = {
    "s3/bucket:Bucket": [...bucketSettingListers, ...bucketReportListers, aclGrantLister],
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": settingOfBucket,
    "s3/bucketLogging:BucketLogging": settingOfBucket,
    "s3/bucketOwnershipControls:BucketOwnershipControls": settingOfBucket,
    "s3/bucketPolicy:BucketPolicy": settingOfBucket,
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": settingOfBucket,
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": settingOfBucket,
    "s3/bucketVersioning:BucketVersioning": settingOfBucket,
};
