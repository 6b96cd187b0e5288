// `@ohos.taskpool`: the namespace object as the default export.

export { taskpool as default } from '../../kits/taskpool/index.ts';
