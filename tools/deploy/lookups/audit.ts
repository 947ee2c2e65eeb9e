import { DescribeTrailsCommand, ListTagsCommand } from "@aws-sdk/client-cloudtrail";
import { GetDetectorCommand, paginateListDetectors } from "@aws-sdk/client-guardduty";
import { fixedNamePattern, regionalArns, readGrant, listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { detectors } from "../../../plan/catalogue/guardduty.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { tagsOf, type Lookups } from "./lookup.ts";

export const audit: Lookups = {
    "aws:cloudtrail/trail:Trail": {
        rights: [
            listGrant("cloudtrail: DescribeTrails"),
            readGrant("cloudtrail: ListTags", regionalArns("cloudtrail", `trail/${fixedNamePattern}`)),
        ],
        find: async ({ cloudTrail }, read) => {
            const { trailList = [] } = await cloudTrail.send(
                new DescribeTrailsCommand({ trailNameList: [read("name")], includeShadowTrails: false }),
            );
            const arns = trailList.flatMap(({ TrailARN }) => (TrailARN === undefined ? [] : [TrailARN]));
            return Promise.all(
                arns.map(async (arn) => {
                    const { ResourceTagList } = await cloudTrail.send(new ListTagsCommand({ ResourceIdList: [arn] }));
                    return { importId: arn, tags: tagsOf(ResourceTagList?.[0]?.TagsList) };
                }),
            );
        },
    },
    // AWS allows one in a region.
    "aws:guardduty/detector:Detector": {
        rights: [listGrant("guardduty: ListDetectors"), readGrant("guardduty: GetDetector", detectors)],
        find: async ({ guardDuty: client }) => {
            const ids = await collectPages(paginateListDetectors({ client }, {}), (page) => page.DetectorIds);
            return Promise.all(
                ids.map(async (DetectorId) => {
                    const { Tags = {} } = await client.send(new GetDetectorCommand({ DetectorId }));
                    return { importId: DetectorId, tags: Tags };
                }),
            );
        },
    },
};
