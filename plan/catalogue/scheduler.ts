import { storage } from "../../lib/manifest/storage-by-type.ts";
import { getPath } from "../query.ts";
import { fixedNamePattern, keyUseGrants, passRoles, readGrant, regionalArns, writeGrant } from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew, nameInputs } from "./force-new.ts";
import type { ServiceRows } from "./row.ts";

const schedules = regionalArns("scheduler", `schedule/${fixedNamePattern}/${fixedNamePattern}`);
const scheduleGroups = regionalArns("scheduler", `schedule-group/${fixedNamePattern}`);

export const scheduler: ServiceRows = {
    "aws:scheduler/schedule:Schedule": {
        name: { maxLength: 64 },
        summary: ["{scheduleExpression}", "{state}"],
        fakeOutputs: {
            arn: (request) =>
                request.arn("scheduler", `schedule/${request.text("groupName", "default")}/${request.physicalName}`),
        },
        providerDefaults: { scheduleExpressionTimezone: "UTC" },
        forceNew: forceNew("scheduler/schedule", [...nameInputs, "groupName"], { keptWhenRemoved: ["groupName"] }),
        storage: storage["aws:scheduler/schedule:Schedule"],
        tagPropagation: {
            // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html
            createdResources: "tasks and their interfaces",
            requirement: 'start tasks with `propagateTags: "TASK_DEFINITION"` and `enableEcsManagedTags`',
            propagatesTags: ({ inputs }) => {
                const task = getPath(inputs, "target.ecsParameters");
                return (
                    task === undefined ||
                    (getPath(task, "propagateTags") === "TASK_DEFINITION" &&
                        getPath(task, "enableEcsManagedTags") === true)
                );
            },
        },
        exclusive: [refused("scheduler", "CreateSchedule", "groupName name", "ConflictException")],
        recovery: { importId: "{groupName}/{name}" },
        children: { none: "its target is an argument of its own, which Pulumi's refresh compares" },
        grants: [
            writeGrant("scheduler: CreateSchedule DeleteSchedule UpdateSchedule", schedules),
            readGrant("scheduler: GetSchedule", schedules),
            ...keyUseGrants,
            passRoles,
        ],
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
        name: { maxLength: 64 },
        fakeOutputs: {
            arn: (request) => request.arn("scheduler", `schedule-group/${request.physicalName}`),
        },
        forceNew: forceNew("scheduler/schedule_group", nameInputs),
        exclusive: [refused("scheduler", "CreateScheduleGroup", "name", "ConflictException")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant("scheduler: CreateScheduleGroup DeleteScheduleGroup TagResource UntagResource", scheduleGroups),
            readGrant("scheduler: GetScheduleGroup ListTagsForResource", scheduleGroups),
        ],
    },
};
