const sameAgain = "AWS takes a second creation as the same one";
const overwrites = "the second creation writes the same values again";

/** Types of which nothing is taken over after an interrupted creation, and why: the next update makes one. */
export const repeatable: Readonly<Record<string, string>> = {
    "aws:acm/certificate:Certificate": "an unused certificate costs nothing, and AWS drops one that is never validated",
    "aws:acm/certificateValidation:CertificateValidation": "it waits for a certificate, and makes nothing in AWS",
    "aws:apigateway/account:Account": "the account has one, and this sets its role again",
    "aws:apigateway/deployment:Deployment": "an unused copy of the API costs nothing, and goes with the API",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "AWS makes it with the VPC; this clears its rules again",
    "aws:ecs/taskDefinition:TaskDefinition": "a revision that no service uses costs nothing",
    "aws:guardduty/detectorFeature:DetectorFeature": overwrites,
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": sameAgain,
    "aws:secretsmanager/secretVersion:SecretVersion": "the former version loses its label, and AWS deletes it",
    "aws:securityhub/account:Account":
        "it has no tag that says who switched Security Hub on: switch it off, or set `accountServices.securityHub` to `adopt`",
    "aws:securityhub/standardsSubscription:StandardsSubscription": sameAgain,
    "aws:sns/topic:Topic": sameAgain,
    "aws:sns/topicSubscription:TopicSubscription": sameAgain,
    "aws:sqs/queue:Queue": sameAgain,
};
