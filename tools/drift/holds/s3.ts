import { GetBucketAclCommand, type Grant as AclGrant } from "@aws-sdk/client-s3";
import { read } from "../../../analysis/deployer/grant.ts";
import { buckets } from "../../../analysis/deployer/grants/stores.ts";
import { listing, type Holds } from "../listing.ts";
import { orUnknown } from "../words.ts";
import { reportsOfBucket } from "./s3-reports.ts";
import { settingsOfBucket } from "./s3-settings.ts";

/** ACLs say nothing while `BucketOwnerEnforced` is on, but would once it is off. */
const acl = listing<AclGrant & { readonly owner: string }>({
    item: "ACL grant",
    rights: [read("s3: GetBucketAcl", buckets)],
    list: async ({ s3 }, { id }) => {
        const { Grants = [], Owner } = await s3.send(new GetBucketAclCommand({ Bucket: id }));
        return Grants.map((grant) => ({ ...grant, owner: Owner?.ID ?? "" }));
    },
    key: ({ Grantee, Permission }, { id }) => `${id} ${orUnknown(Grantee?.URI ?? Grantee?.ID)} ${Permission}`,
    byAws: [
        {
            what: "the owner's right to the bucket, which it is made with",
            source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
            is: ({ Grantee, owner }) => Grantee?.ID !== undefined && Grantee.ID === owner,
        },
    ],
    opens: ({ Grantee, Permission }) =>
        `${Grantee?.URI?.endsWith("/AllUsers") ? "anybody" : orUnknown(Grantee?.URI ?? Grantee?.ID)} has ${Permission} of the bucket, where ACLs count`,
    remove: (_, { id }) => `aws s3api put-bucket-acl --bucket ${id} --acl private`,
});

const isSetting = "it is a setting of its bucket, which Pulumi's refresh compares";

export const s3: Readonly<Record<string, Holds>> = {
    "s3/bucket:Bucket": [...settingsOfBucket, ...reportsOfBucket, acl],
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": isSetting,
    "s3/bucketLogging:BucketLogging": isSetting,
    "s3/bucketOwnershipControls:BucketOwnershipControls": isSetting,
    "s3/bucketPolicy:BucketPolicy": isSetting,
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": isSetting,
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": isSetting,
    "s3/bucketVersioning:BucketVersioning": isSetting,
};
