/** Names of NUT's driver programs and the packages that bring them. Source: NUT after 2.8.5, packages of Debian 12. */

/** In the order of the alphabet; those that this program speaks itself are among them. */
export const NUT_DRIVER_NAMES: readonly string[] = (
  'adelsystem_cbi al175 apc_modbus apcmicrolink apcsmart apcsmart-old apcupsd-ups asem bcmxcp bcmxcp_usb belkin ' +
  'belkinunv bestfcom bestfortress bestuferrups bestups bicker_ser blazer_ser blazer_usb clone clone-outlet dummy-ups ' +
  'etapro everups failover gamatronic generic_gpio_libgpiod generic_modbus genericups huawei-ups2000 hwmon_ina219 ' +
  'isbmex ivtscd liebert liebert-esp2 liebert-gxe macosx-ups masterguard meanwell_ntu metasys mge-shut mge-utalk ' +
  'microdowell microsol-apc must_ep2000pro netxml-ups nhs_ser nut-ipmipsu nut-upower nutdrv_atcl_usb nutdrv_hashx ' +
  'nutdrv_qx nutdrv_siemens-sitop oneac optiups phoenixcontact_modbus pijuice powercom powerman-pdu powerpanel ' +
  'powervar_cx_ser powervar_cx_usb ragtech rhino richcomm_usb riello_ser riello_usb safenet skel sms_ser snmp-ups ' +
  'socomec_jbus solis tripplite tripplite_usb tripplitesu upscode2 usbhid-ups ve-direct victronups'
).split(' ');

/** Drivers that do not come with the server's own package. */
const PACKAGES: Readonly<Record<string, string>> = {
  adelsystem_cbi: 'nut-modbus',
  apc_modbus: 'nut-modbus',
  asem: 'nut-i2c',
  generic_modbus: 'nut-modbus',
  'huawei-ups2000': 'nut-modbus',
  must_ep2000pro: 'nut-modbus',
  'netxml-ups': 'nut-xml',
  'nut-ipmipsu': 'nut-ipmi',
  phoenixcontact_modbus: 'nut-modbus',
  pijuice: 'nut-i2c',
  'powerman-pdu': 'nut-powerman-pdu',
  'snmp-ups': 'nut-snmp',
  socomec_jbus: 'nut-modbus',
};

/** The package of Debian and Ubuntu that brings a driver; undefined for a name that no driver of NUT has. */
export function packageOf(driver: string): string | undefined {
  if (!NUT_DRIVER_NAMES.includes(driver)) return undefined;
  return PACKAGES[driver] ?? 'nut-server';
}
