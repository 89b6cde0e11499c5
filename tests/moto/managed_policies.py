"""AWS-managed policies as moto's library carries them, as Blastwall's table of those that people name most:
the path and name of each, with its document.

    managed_policies.py > host/blast/src/facts/known_policies.json
"""

import json

from moto.iam.aws_managed_policies import aws_managed_policies_data

NAMES = """
AWSBatchServiceRole AWSCloudFormationFullAccess AWSCloudTrail_FullAccess AWSCodeBuildAdminAccess AWSCodeDeployRole
AWSCodePipeline_FullAccess AWSGlueServiceRole AWSKeyManagementServicePowerUser AWSLambdaBasicExecutionRole
AWSLambdaVPCAccessExecutionRole AWSLambda_FullAccess AWSOrganizationsFullAccess AWSOrganizationsReadOnlyAccess
AWSSSOMasterAccountAdministrator AWSSSOMemberAccountAdministrator AWSSecurityHubFullAccess AWSStepFunctionsFullAccess
AWSXRayDaemonWriteAccess AdministratorAccess AmazonAPIGatewayInvokeFullAccess AmazonDynamoDBFullAccess
AmazonEC2ContainerRegistryFullAccess AmazonEC2ContainerRegistryPowerUser AmazonEC2ContainerRegistryReadOnly
AmazonEC2FullAccess AmazonEC2ReadOnlyAccess AmazonEC2RoleforSSM AmazonECSTaskExecutionRolePolicy AmazonECS_FullAccess
AmazonEKSClusterPolicy AmazonEKSWorkerNodePolicy AmazonEKS_CNI_Policy AmazonEventBridgeFullAccess
AmazonKinesisFullAccess AmazonRDSFullAccess AmazonS3FullAccess AmazonS3ReadOnlyAccess AmazonSNSFullAccess
AmazonSQSFullAccess AmazonSSMFullAccess AmazonSSMManagedInstanceCore AmazonSSMReadOnlyAccess AmazonSageMakerFullAccess
AmazonVPCFullAccess Billing CloudWatchAgentServerPolicy CloudWatchFullAccess CloudWatchLogsFullAccess DataScientist
DatabaseAdministrator IAMFullAccess IAMReadOnlyAccess IAMUserChangePassword NetworkAdministrator PowerUserAccess
ReadOnlyAccess SecretsManagerReadWrite SecurityAudit SupportUser SystemAdministrator ViewOnlyAccess
""".split()

policies = json.loads(aws_managed_policies_data)
lines = []
for name in sorted(NAMES):
    policy = policies[name]
    path = policy["Path"].removeprefix("/")
    document = json.dumps(policy["Document"], separators=(",", ":"), ensure_ascii=True)
    lines.append(f"{json.dumps(path + name)}:{document}")
print("{\n" + ",\n".join(lines) + "\n}")
