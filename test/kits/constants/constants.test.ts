// The constants of the companions, with the names and values of the SDK's declarations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleFlags } from '../../../src/kits/ability/bundle-manager.ts';
import { abilityConstants, configurationConstants, contextConstants } from '../../../src/kits/ability/constants.ts';
import { batteryInfo } from '../../../src/kits/battery-info/index.ts';
import { connection } from '../../../src/kits/connection/index.ts';
import { deviceInfo } from '../../../src/kits/device-info/index.ts';
import { emitter } from '../../../src/kits/emitter/index.ts';
import { hiAppEvent } from '../../../src/kits/hi-app-event/index.ts';
import { hiTraceChain } from '../../../src/kits/hi-trace-chain/index.ts';
import { http } from '../../../src/kits/http/index.ts';
import { json } from '../../../src/kits/json/index.ts';
import { preferences } from '../../../src/kits/preferences/index.ts';
import { util } from '../../../src/kits/util/index.ts';
import { ThreadWorkerPriority } from '../../../src/kits/worker/priority.ts';
import { DEFAULT, Level, Size, TestType } from '../../../src/register/hypium/constants.ts';

/** Names of values from a number on, one after the other. */
function numbered(first: number, ...names: string[]): Record<string, number> {
  return Object.fromEntries(names.map((name, index) => [name, first + index]));
}

/** Names of powers of two. */
function bits(first: number, ...names: string[]): Record<string, number> {
  return Object.fromEntries(names.map((name, index) => [name, first * 2 ** index]));
}

const declared: Record<string, [constants: object, values: object]> = {
  AbilityConstant: [
    abilityConstants,
    {
      REASON_MESSAGE_DESKTOP_SHORTCUT: 'ReasonMessage_DesktopShortcut',
      LaunchReason: {
        ...numbered(0, 'UNKNOWN', 'START_ABILITY', 'CALL', 'CONTINUATION', 'APP_RECOVERY', 'SHARE'),
        ...numbered(8, 'AUTO_STARTUP', 'INSIGHT_INTENT', 'PREPARE_CONTINUATION', 'PRELOAD'),
      },
      LastExitReason: {
        ...numbered(0, 'UNKNOWN', 'ABILITY_NOT_RESPONDING', 'NORMAL', 'CPP_CRASH', 'JS_ERROR', 'APP_FREEZE'),
        ...numbered(6, 'PERFORMANCE_CONTROL', 'RESOURCE_CONTROL', 'UPGRADE', 'USER_REQUEST', 'SIGNAL'),
      },
      OnContinueResult: { AGREE: 0, REJECT: 1, MISMATCH: 2 },
      MemoryLevel: { MEMORY_LEVEL_MODERATE: 0, MEMORY_LEVEL_LOW: 1, MEMORY_LEVEL_CRITICAL: 2 },
      WindowMode: {
        ...numbered(0, 'WINDOW_MODE_UNDEFINED', 'WINDOW_MODE_FULLSCREEN'),
        ...numbered(100, 'WINDOW_MODE_SPLIT_PRIMARY', 'WINDOW_MODE_SPLIT_SECONDARY', 'WINDOW_MODE_FLOATING'),
      },
      OnSaveResult: {
        ...numbered(0, 'ALL_AGREE', 'CONTINUATION_REJECT', 'CONTINUATION_MISMATCH'),
        ...numbered(3, 'RECOVERY_AGREE', 'RECOVERY_REJECT', 'ALL_REJECT'),
      },
      StateType: { CONTINUATION: 0, APP_RECOVERY: 1 },
      ContinueState: { ACTIVE: 0, INACTIVE: 1 },
      CollaborateResult: { ACCEPT: 0, REJECT: 1 },
      PrepareTermination: { TERMINATE_IMMEDIATELY: 0, CANCEL: 1 },
    },
  ],
  ConfigurationConstant: [
    configurationConstants,
    {
      ColorMode: { COLOR_MODE_NOT_SET: -1, COLOR_MODE_DARK: 0, COLOR_MODE_LIGHT: 1 },
      Direction: { DIRECTION_NOT_SET: -1, DIRECTION_VERTICAL: 0, DIRECTION_HORIZONTAL: 1 },
      ScreenDensity: {
        SCREEN_DENSITY_NOT_SET: 0,
        SCREEN_DENSITY_SDPI: 120,
        SCREEN_DENSITY_MDPI: 160,
        SCREEN_DENSITY_LDPI: 240,
        SCREEN_DENSITY_XLDPI: 320,
        SCREEN_DENSITY_XXLDPI: 480,
        SCREEN_DENSITY_XXXLDPI: 640,
      },
    },
  ],
  contextConstant: [
    contextConstants,
    {
      AreaMode: numbered(0, 'EL1', 'EL2', 'EL3', 'EL4', 'EL5'),
      ProcessMode: numbered(
        1,
        'NEW_PROCESS_ATTACH_TO_PARENT',
        'NEW_PROCESS_ATTACH_TO_STATUS_BAR_ITEM',
        'ATTACH_TO_STATUS_BAR_ITEM',
      ),
      StartupVisibility: { STARTUP_HIDE: 0, STARTUP_SHOW: 1 },
      Scenarios: bits(
        1,
        'SCENARIO_MOVE_MISSION_TO_FRONT',
        'SCENARIO_SHOW_ABILITY',
        'SCENARIO_BACK_TO_CALLER_ABILITY_WITH_RESULT',
      ),
      ContextType: {
        ...numbered(0, 'APPLICATION_CONTEXT', 'ABILITY_STAGE_CONTEXT', 'UIABILITY_CONTEXT'),
        ...numbered(3, 'FORM_EXTENSION_CONTEXT', 'APP_SERVICE_EXTENSION_CONTEXT'),
      },
    },
  ],
  'bundleManager.BundleFlag': [
    bundleFlags,
    {
      GET_BUNDLE_INFO_DEFAULT: 0,
      ...bits(1, 'GET_BUNDLE_INFO_WITH_APPLICATION', 'GET_BUNDLE_INFO_WITH_HAP_MODULE', 'GET_BUNDLE_INFO_WITH_ABILITY'),
      ...bits(8, 'GET_BUNDLE_INFO_WITH_EXTENSION_ABILITY', 'GET_BUNDLE_INFO_WITH_REQUESTED_PERMISSION'),
      ...bits(32, 'GET_BUNDLE_INFO_WITH_METADATA', 'GET_BUNDLE_INFO_WITH_DISABLE'),
      ...bits(
        128,
        'GET_BUNDLE_INFO_WITH_SIGNATURE_INFO',
        'GET_BUNDLE_INFO_WITH_MENU',
        'GET_BUNDLE_INFO_WITH_ROUTER_MAP',
      ),
      GET_BUNDLE_INFO_WITH_SKILL: 2048,
    },
  ],
  'batteryInfo.BatteryHealthState': [
    batteryInfo.BatteryHealthState,
    numbered(0, 'UNKNOWN', 'GOOD', 'OVERHEAT', 'OVERVOLTAGE', 'COLD', 'DEAD'),
  ],
  'batteryInfo.BatteryCapacityLevel': [
    batteryInfo.BatteryCapacityLevel,
    {
      ...numbered(0, 'LEVEL_NONE', 'LEVEL_FULL', 'LEVEL_HIGH', 'LEVEL_NORMAL'),
      ...numbered(4, 'LEVEL_LOW', 'LEVEL_WARNING', 'LEVEL_CRITICAL', 'LEVEL_SHUTDOWN'),
    },
  ],
  'batteryInfo.CommonEventBatteryChangedKey': [
    batteryInfo.CommonEventBatteryChangedKey,
    {
      EXTRA_SOC: 'soc',
      EXTRA_CHARGE_STATE: 'chargeState',
      EXTRA_HEALTH_STATE: 'healthState',
      EXTRA_PLUGGED_TYPE: 'pluggedType',
      EXTRA_VOLTAGE: 'voltage',
      EXTRA_TECHNOLOGY: 'technology',
      EXTRA_TEMPERATURE: 'temperature',
      EXTRA_PRESENT: 'present',
      EXTRA_CAPACITY_LEVEL: 'capacityLevel',
    },
  ],
  'deviceInfo.DeviceTypes': [
    deviceInfo.DeviceTypes,
    {
      TYPE_DEFAULT: 'default',
      TYPE_PHONE: 'phone',
      TYPE_TABLET: 'tablet',
      TYPE_2IN1: '2in1',
      TYPE_TV: 'tv',
      TYPE_WEARABLE: 'wearable',
      TYPE_CAR: 'car',
    },
  ],
  'hiTraceChain.HiTraceFlag': [
    hiTraceChain.HiTraceFlag,
    {
      DEFAULT: 0,
      ...bits(1, 'INCLUDE_ASYNC', 'DONOT_CREATE_SPAN', 'TP_INFO', 'NO_BE_INFO'),
      ...bits(16, 'DISABLE_LOG', 'FAILURE_TRIGGER', 'D2D_TP_INFO'),
    },
  ],
  'hiAppEvent.event': [
    hiAppEvent.event,
    {
      USER_LOGIN: 'hiappevent.user_login',
      USER_LOGOUT: 'hiappevent.user_logout',
      DISTRIBUTED_SERVICE_START: 'hiappevent.distributed_service_start',
      APP_CRASH: 'APP_CRASH',
      APP_FREEZE: 'APP_FREEZE',
      APP_LAUNCH: 'APP_LAUNCH',
      SCROLL_JANK: 'SCROLL_JANK',
      CPU_USAGE_HIGH: 'CPU_USAGE_HIGH',
      BATTERY_USAGE: 'BATTERY_USAGE',
      RESOURCE_OVERLIMIT: 'RESOURCE_OVERLIMIT',
      ADDRESS_SANITIZER: 'ADDRESS_SANITIZER',
      MAIN_THREAD_JANK: 'MAIN_THREAD_JANK',
      APP_KILLED: 'APP_KILLED',
      APP_HICOLLIE: 'APP_HICOLLIE',
      AUDIO_JANK_FRAME: 'AUDIO_JANK_FRAME',
    },
  ],
  'hiAppEvent.param': [
    hiAppEvent.param,
    {
      USER_ID: 'user_id',
      DISTRIBUTED_SERVICE_NAME: 'ds_name',
      DISTRIBUTED_SERVICE_INSTANCE_ID: 'ds_instance_id',
    },
  ],
  'connection.TcpState': [
    connection.TcpState,
    {
      ...numbered(1, 'TCP_ESTABLISHED', 'TCP_SYN_SENT', 'TCP_SYN_RECV', 'TCP_FIN_WAIT1', 'TCP_FIN_WAIT2'),
      ...numbered(6, 'TCP_TIME_WAIT', 'TCP_CLOSE', 'TCP_CLOSE_WAIT', 'TCP_LAST_ACK', 'TCP_LISTEN', 'TCP_CLOSING'),
    },
  ],
  'connection.NetCap': [
    connection.NetCap,
    {
      NET_CAPABILITY_MMS: 0,
      ...numbered(11, 'NET_CAPABILITY_NOT_METERED', 'NET_CAPABILITY_INTERNET'),
      ...numbered(15, 'NET_CAPABILITY_NOT_VPN', 'NET_CAPABILITY_VALIDATED', 'NET_CAPABILITY_PORTAL'),
      NET_CAPABILITY_CHECKING_CONNECTIVITY: 31,
    },
  ],
  'connection.NetBearType': [
    connection.NetBearType,
    numbered(0, 'BEARER_CELLULAR', 'BEARER_WIFI', 'BEARER_BLUETOOTH', 'BEARER_ETHERNET', 'BEARER_VPN'),
  ],
  'connection.FamilyType': [
    connection.FamilyType,
    numbered(0, 'FAMILY_TYPE_ALL', 'FAMILY_TYPE_IPV4', 'FAMILY_TYPE_IPV6'),
  ],
  'connection.ProxyMode': [connection.ProxyMode, { PROXY_MODE_OFF: 0, PROXY_MODE_AUTO: 1 }],
  'connection.Socks5DnsStrategy': [connection.Socks5DnsStrategy, { SYSTEM_MODE: 0, PROXY_MODE: 1 }],
  'connection.ProtocolType': [connection.ProtocolType, { PROTO_TYPE_TCP: 6, PROTO_TYPE_UDP: 17 }],
  'connection.PacketsType': [connection.PacketsType, { NETCONN_PACKETS_ICMP: 0, NETCONN_PACKETS_UDP: 1 }],
  'connection.ConversionProcess': [
    connection.ConversionProcess,
    { NO_CONFIGURATION: 0, ALLOW_UNASSIGNED: 1, USE_STD3_ASCII_RULES: 2 },
  ],
  'emitter.EventPriority': [emitter.EventPriority, numbered(0, 'IMMEDIATE', 'HIGH', 'LOW', 'IDLE')],
  'preferences.StorageType': [preferences.StorageType, { XML: 0, GSKV: 1 }],
  'util.Type': [util.Type, numbered(0, 'BASIC', 'MIME', 'BASIC_URL_SAFE', 'MIME_URL_SAFE')],
  'JSON.BigIntMode': [json.BigIntMode, numbered(0, 'DEFAULT', 'PARSE_AS_BIGINT', 'ALWAYS_PARSE_AS_BIGINT')],
  'http.RequestMethod': [
    http.RequestMethod,
    Object.fromEntries(
      ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT', 'PATCH'].map((name) => [name, name]),
    ),
  ],
  'http.HttpProtocol': [http.HttpProtocol, numbered(0, 'HTTP1_1', 'HTTP2', 'HTTP3')],
  'http.HttpDataType': [http.HttpDataType, numbered(0, 'STRING', 'OBJECT', 'ARRAY_BUFFER')],
  'http.CertType': [http.CertType, { PEM: 'PEM', DER: 'DER', P12: 'P12' }],
  'http.AddressFamily': [
    http.AddressFamily,
    { DEFAULT: 'CURL_IPRESOLVE_WHATEVER', ONLY_V4: 'CURL_IPRESOLVE_V4', ONLY_V6: 'CURL_IPRESOLVE_V6' },
  ],
  'http.TlsVersion': [http.TlsVersion, numbered(4, 'TLS_V_1_0', 'TLS_V_1_1', 'TLS_V_1_2', 'TLS_V_1_3')],
  'http.InterceptorType': [
    http.InterceptorType,
    {
      INITIAL_REQUEST: 'INITIAL_REQUEST',
      REDIRECTION: 'REDIRECTION',
      CACHE_CHECKED: 'READ_CACHE',
      NETWORK_CONNECT: 'CONNECT_NETWORK',
      FINAL_RESPONSE: 'FINAL_RESPONSE',
    },
  ],
  'http.ResponseCode': [
    http.ResponseCode,
    {
      ...numbered(200, 'OK', 'CREATED', 'ACCEPTED', 'NOT_AUTHORITATIVE', 'NO_CONTENT', 'RESET', 'PARTIAL'),
      ...numbered(300, 'MULT_CHOICE', 'MOVED_PERM', 'MOVED_TEMP', 'SEE_OTHER', 'NOT_MODIFIED', 'USE_PROXY'),
      ...numbered(400, 'BAD_REQUEST', 'UNAUTHORIZED', 'PAYMENT_REQUIRED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_METHOD'),
      ...numbered(406, 'NOT_ACCEPTABLE', 'PROXY_AUTH', 'CLIENT_TIMEOUT', 'CONFLICT', 'GONE', 'LENGTH_REQUIRED'),
      ...numbered(412, 'PRECON_FAILED', 'ENTITY_TOO_LARGE', 'REQ_TOO_LONG', 'UNSUPPORTED_TYPE'),
      RANGE_NOT_SATISFIABLE: 416,
      ...numbered(500, 'INTERNAL_ERROR', 'NOT_IMPLEMENTED', 'BAD_GATEWAY', 'UNAVAILABLE', 'GATEWAY_TIMEOUT', 'VERSION'),
    },
  ],
  ThreadWorkerPriority: [ThreadWorkerPriority, numbered(0, 'HIGH', 'MEDIUM', 'LOW', 'IDLE', 'DEADLINE', 'VIP')],
  'Level of hypium': [Level, bits(0x100_0000, 'LEVEL0', 'LEVEL1', 'LEVEL2', 'LEVEL3', 'LEVEL4')],
  'Size of hypium': [Size, bits(0x1_0000, 'SMALLTEST', 'MEDIUMTEST', 'LARGETEST')],
  'TestType of hypium': [
    TestType,
    {
      ...bits(1, 'FUNCTION', 'PERFORMANCE', 'POWER', 'RELIABILITY', 'SECURITY', 'GLOBAL'),
      ...bits(0x40, 'COMPATIBILITY', 'USER', 'STANDARD', 'SAFETY', 'RESILIENCE'),
    },
  ],
};

for (const [name, [constants, values]] of Object.entries(declared)) {
  test(name, () => assert.deepEqual({ ...constants }, values));
}

test('DEFAULT of hypium', () => assert.equal(DEFAULT, 0));
