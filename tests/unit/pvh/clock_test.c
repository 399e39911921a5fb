/* SPDX-License-Identifier: MIT */
/* The clock of a machine without Xen: right, whatever there is and the host does; else a line. */
#include "clock.h"

#define TSC_HZ	   2095123456ULL
#define SEEDS	   100U
#define ROUND_NS   (8 * MS)
#define IDLE_NS	   (200 * US) /* so that there are few points, and each can be tried */
#define DIVIDED_HZ (LAPIC_HZ / 128)

/* Slices of a busy host, one turn of each counter, a machine that was stopped. */
static const uint64_t gaps[] = {3 * US,	  90 * US, 4 * MS,    55 * MS,
				100 * MS, 3 * S,   4687 * MS, 40 * S};

static void put_everything(void)
{
	pc.has_pm_timer = true;
	pc.has_pit = true;
	put_hypervisor("TCGTCGTCGTCG", 0x40000001);
	lapic_init();
}

static void assert_measures(const struct counter *counter, uint64_t hz)
{
	struct rate rate;
	uint64_t tsc_hz;

	assert_true(rate_measure(counter, (uint32_t)(hz * ROUND_NS / NS_PER_S), 0, &rate));
	tsc_hz = rate_tsc_hz(&rate, hz);
	if (tsc_hz < TSC_HZ - TSC_HZ / 200 || tsc_hz > TSC_HZ + TSC_HZ / 200)
		fail_msg("by the %s: %llu Hz, stopped at %llu for %llu ns", counter->name,
			 (unsigned long long)tsc_hz, (unsigned long long)pc.stop_at,
			 (unsigned long long)pc.stop_ns);
}

/* Until the measurement ends before the point. */
static void stop_at_each_point(const struct counter *counter, uint64_t hz, uint64_t gap)
{
	for (uint64_t point = 1;; point++) {
		start(TSC_HZ);
		put_everything();
		pc.idle_ns = IDLE_NS;
		pc.point = 0;
		pc.stop_at = point;
		pc.stop_ns = gap;
		assert_measures(counter, hz);
		if (pc.point < point)
			return;
	}
}

static void a_host_may_stop_a_measurement_at_any_point(void **state)
{
	(void)state;
	start(TSC_HZ);
	put_everything();
	for (unsigned int i = 0; i < ARRAY_SIZE(gaps); i++) {
		stop_at_each_point(pm_timer_counter(), PM_TIMER_HZ, gaps[i]);
		stop_at_each_point(&pit_counter, PIT_HZ, gaps[i]);
		stop_at_each_point(&lapic_counter, DIVIDED_HZ, gaps[i]);
	}
}

/* Which counter is there, the others not. */
enum has { HAS_PM_TIMER, HAS_PIT, HAS_LAPIC, NR_HAS };

static void start_with(enum has has)
{
	start(TSC_HZ);
	pc.has_pm_timer = has == HAS_PM_TIMER;
	pc.has_pit = has == HAS_PIT;
	if (has == HAS_LAPIC)
		put_hypervisor("TCGTCGTCGTCG", 0x40000001);
}

static const char *const said[] = {"by ACPI PM timer", "by PIT", "by local APIC"};

static void each_counter_will_do_on_a_quiet_host(void **state)
{
	(void)state;
	for (enum has has = 0; has < NR_HAS; has++) {
		start_with(has);
		timer_init();
		assert_said_once(said[has]);
		assert_said_once("timer: TSC 209");
		assert_clock_goes(1);
	}
}

static void each_counter_will_do_on_a_busy_host(void **state)
{
	(void)state;
	for (enum has has = 0; has < NR_HAS; has++) {
		for (unsigned int seed = 0; seed < SEEDS; seed++) {
			start_with(has);
			pc.stop_chance = 1 + random_below(40); /* in slices of 1 ms or more */
			pc.stop_ns = gaps[random_below(5)];
			timer_init();
			assert_said_once(said[has]);
			assert_clock_goes(5);
		}
	}
}

/* Each look is interrupted: what comes of that is no clock to rely on. */
static void a_clock_that_may_be_wrong_is_said_to_be(void **state)
{
	(void)state;
	start_with(HAS_PM_TIMER);
	pc.stop_chance = 100000;
	pc.stop_ns = 300 * US;
	timer_init();
	assert_said_two("by ACPI PM timer", "the clock may be off by");
	assert_clock_goes(500);
}

static void what_the_hypervisor_tells_is_used(void **state)
{
	(void)state;
	start(3000000000ULL);
	put_everything();
	pc.nr_leaves = 1;
	put_hypervisor("VMwareVMware", 0x40000010);
	put_leaf(0x40000010, 3000000, 66000, 0, 0);
	timer_init();
	assert_said_once("timer: TSC 3000.000 MHz by the hypervisor's CPUID");
	assert_clock_goes(1);
}

static void without_a_hypervisor_its_leaves_mean_nothing(void **state)
{
	(void)state;
	start(3000000000ULL);
	pc.has_pm_timer = true;
	pc.leaf[0].is.ecx = 0;
	put_leaf(0x40000000, 0x40000010, 0, 0, 0);
	put_leaf(0x40000010, 1000000, 1000000, 0, 0);
	timer_init();
	assert_said_once("by ACPI PM timer");
	assert_clock_goes(1);
}

static void what_the_processor_tells_is_used(void **state)
{
	(void)state;
	start(2400000000ULL);
	put_leaf(0, 0x16, 0, 0, 0);
	put_leaf(0x15, 2, 200, 24000000, 0);
	timer_init();
	assert_said_once("timer: TSC 2400.000 MHz by the processor's CPUID");

	start(2400000000ULL);
	put_leaf(0, 0x16, 0, 0, 0);
	put_leaf(0x15, 2, 200, 0, 0);
	put_leaf(0x16, 2400, 3000, 100, 0);
	timer_init();
	assert_said_once("timer: TSC 2400.000 MHz by the processor's CPUID");
	assert_clock_goes(1);
}

static void a_rate_that_cannot_be_is_not_used(void **state)
{
	(void)state;
	start(TSC_HZ);
	pc.has_pm_timer = true;
	put_hypervisor("KVMKVMKVM", 0x40000010);
	put_leaf(0x40000010, 12, 0, 0, 0);
	timer_init();
	assert_said_two("invalid TSC frequency from the hypervisor's CPUID: 12000 Hz",
			"by ACPI PM timer");
	assert_clock_goes(1);
}

/* Linux arch/x86/kernel/kvmclock.c: a nanosecond has mul * 2^(shift - 32) ticks. */
static void put_kvm(uint32_t mul, int8_t shift)
{
	pc.has_pm_timer = true;
	put_hypervisor("KVMKVMKVM", 0x40000001);
	put_leaf(0x40000001, 1U << 3, 0, 0, 0);
	pc.kvm = (struct vcpu_time_info){
		.version = 2,
		.tsc_timestamp = ticks(pc.ps, pc.tsc_hz),
		.system_time = 7 * S,
		.tsc_to_system_mul = mul,
		.tsc_shift = shift,
	};
}

static void kvms_clock_is_used(void **state)
{
	static const struct {
		uint64_t tsc_hz;
		uint32_t mul;
		int8_t shift;
	} rates[] = {
		{2000000000, 1U << 31, 0}, {2000000000, 1U << 30, 1}, {4000000000, 1U << 31, -1}};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rates); i++) {
		start(rates[i].tsc_hz);
		put_kvm(rates[i].mul, rates[i].shift);
		timer_init();
		assert_said_once(i == 2 ? "timer: TSC 4000.000 MHz by kvmclock"
					: "timer: TSC 2000.000 MHz by kvmclock");
		assert_true(timer_clock_ns() - 7 * S < S);
		assert_clock_goes(1);
	}
}

static void a_clock_of_kvms_that_makes_no_sense_is_not_used(void **state)
{
	static const struct {
		uint32_t version, mul;
		int8_t shift;
	} wrong[] = {{2, 0, 0}, {3, 1U << 31, 0}, {2, 1U << 31, 32},  {2, 1U << 31, -128},
		     {2, 1, 0}, {2, 1, -31},	  {2, UINT32_MAX, 31}};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		start(TSC_HZ);
		put_kvm(wrong[i].mul, wrong[i].shift);
		pc.kvm.version = wrong[i].version;
		timer_init();
		assert_said_two("timer: invalid kvmclock", "by ACPI PM timer");
		assert_int_equal(pc.kvm_msr, 0);
		assert_clock_goes(1);
	}
}

static void where_nothing_is_known_one_line_says_so(void **state)
{
	(void)state;
	start(TSC_HZ);
	timer_init();
	assert_said_once("TSC frequency unknown: assuming 1 GHz");
}

static void a_processor_without_what_a_clock_needs_is_the_end(void **state)
{
	(void)state;
	start(TSC_HZ);
	pc.leaf[0].is.edx = 1U << 9;
	expect_assert_failure(timer_init());
	start(TSC_HZ);
	pc.leaf[0].is.edx = 1U << 4;
	expect_assert_failure(timer_init());
	start(TSC_HZ);
	pc.apic_base = 0x100000 | 0x900;
	expect_assert_failure(timer_init());
	start_with(HAS_PM_TIMER);
	pc.lapic_stands = true;
	expect_assert_failure(timer_init());
}

static void a_local_apic_in_x2apic_mode_is_switched_back(void **state)
{
	(void)state;
	start_with(HAS_PM_TIMER);
	pc.apic_base |= 0xc00;
	timer_init();
	assert_int_equal(pc.apic_base, LAPIC_AT | 0x900);
}

/* What is armed for `ns`: the least is what the timer can, 549 s here. */
static void check_sleep(uint64_t ns)
{
	uint64_t now = timer_clock_ns(), can = (UINT32_MAX - 1) * NS_PER_S / DIVIDED_HZ, fires;

	timer_arm(ns > UINT64_MAX - now ? UINT64_MAX : now + ns);
	fires = lapic_fires_in();
	assert_true(fires > 0);
	assert_true(fires <= MIN(ns, can) + MIN(ns, can) / 500 + 256);
	assert_true(fires + fires / 500 + 2 * US >= MIN(ns, can) - can / 500 ||
		    fires + fires / 500 + 2 * US >= MIN(ns, can));
}

static void a_sleep_is_as_long_as_the_timer_can(void **state)
{
	static const uint64_t sleeps[] = {0,	   1,	    100 * US,  S,
					  100 * S, 548 * S, 86400 * S, UINT64_MAX};

	(void)state;
	start_with(HAS_PM_TIMER);
	timer_init();
	for (unsigned int i = 0; i < ARRAY_SIZE(sleeps); i++)
		check_sleep(sleeps[i]);
}

/* However its measurement was disturbed; by a clock that is exact. */
static void the_timer_does_not_come_late(void **state)
{
	(void)state;
	for (unsigned int seed = 0; seed < SEEDS; seed++) {
		start(2400000000ULL);
		put_leaf(0, 0x15, 0, 0, 0);
		put_leaf(0x15, 2, 200, 24000000, 0);
		pc.ps += random_below(1000000);
		pc.stop_chance = seed % 2 ? 100000 : random_below(40);
		pc.stop_ns = 300 * US;
		timer_init();
		pc.stop_chance = 0;
		timer_arm(timer_clock_ns() + 100 * S);
		assert_in_range(lapic_fires_in(), 1, 100 * S + US);
	}
}

/* Xen fires ten times a second for what is 2^50 ns from now or more. */
static void xen_is_never_asked_for_more_than_it_takes(void **state)
{
	static const uint64_t sleeps[] = {S, 86400 * S, 1ULL << 49, 1ULL << 50, UINT64_MAX};

	(void)state;
	start(TSC_HZ);
	pc.on_xen = true;
	vcpu.time = (struct vcpu_time_info){
		.version = 2,
		.tsc_timestamp = ticks(pc.ps, pc.tsc_hz),
		.system_time = 5 * S,
		.tsc_to_system_mul = 1U << 31,
	};
	for (unsigned int i = 0; i < ARRAY_SIZE(sleeps); i++) {
		uint64_t now = clock_ns();
		uint64_t deadline = sleeps[i] > UINT64_MAX - now ? UINT64_MAX : now + sleeps[i];

		timer_arm(deadline);
		assert_true(pc.xen_deadline <= deadline);
		assert_true(pc.xen_deadline - now >= MIN(sleeps[i], 1ULL << 49));
		assert_true(pc.xen_deadline - now < 1ULL << 50);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_may_stop_a_measurement_at_any_point),
		cmocka_unit_test(each_counter_will_do_on_a_quiet_host),
		cmocka_unit_test(each_counter_will_do_on_a_busy_host),
		cmocka_unit_test(a_clock_that_may_be_wrong_is_said_to_be),
		cmocka_unit_test(what_the_hypervisor_tells_is_used),
		cmocka_unit_test(without_a_hypervisor_its_leaves_mean_nothing),
		cmocka_unit_test(what_the_processor_tells_is_used),
		cmocka_unit_test(a_rate_that_cannot_be_is_not_used),
		cmocka_unit_test(kvms_clock_is_used),
		cmocka_unit_test(a_clock_of_kvms_that_makes_no_sense_is_not_used),
		cmocka_unit_test(where_nothing_is_known_one_line_says_so),
		cmocka_unit_test(a_processor_without_what_a_clock_needs_is_the_end),
		cmocka_unit_test(a_local_apic_in_x2apic_mode_is_switched_back),
		cmocka_unit_test(a_sleep_is_as_long_as_the_timer_can),
		cmocka_unit_test(the_timer_does_not_come_late),
		cmocka_unit_test(xen_is_never_asked_for_more_than_it_takes),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
