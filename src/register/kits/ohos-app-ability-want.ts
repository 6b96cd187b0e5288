// `@ohos.app.ability.Want`: the type of what is asked of an ability. At run time it is `undefined`: see ohos-base.ts.

import type * as kit from '../../kits/ability/index.ts';

type Want = kit.Want;
const Want = undefined;

export { Want as default };
