-- Where people live, and where they and their cards may be: places 0 to 23 are at home, 60 to 71 abroad.
create table places as
select * from (values
    (0, 'New York', 'NY', '100', 40.713, -74.006, 'America/New_York', 'US', 'USD'),
    (1, 'Brooklyn', 'NY', '112', 40.678, -73.944, 'America/New_York', 'US', 'USD'),
    (2, 'Newark', 'NJ', '071', 40.736, -74.172, 'America/New_York', 'US', 'USD'),
    (3, 'Boston', 'MA', '021', 42.360, -71.059, 'America/New_York', 'US', 'USD'),
    (4, 'Philadelphia', 'PA', '191', 39.953, -75.165, 'America/New_York', 'US', 'USD'),
    (5, 'Baltimore', 'MD', '212', 39.290, -76.612, 'America/New_York', 'US', 'USD'),
    (6, 'Hartford', 'CT', '061', 41.766, -72.673, 'America/New_York', 'US', 'USD'),
    (7, 'Buffalo', 'NY', '142', 42.886, -78.878, 'America/New_York', 'US', 'USD'),
    (8, 'Charlotte', 'NC', '282', 35.227, -80.843, 'America/New_York', 'US', 'USD'),
    (9, 'Atlanta', 'GA', '303', 33.749, -84.388, 'America/New_York', 'US', 'USD'),
    (10, 'Miami', 'FL', '331', 25.762, -80.192, 'America/New_York', 'US', 'USD'),
    (11, 'Tampa', 'FL', '336', 27.951, -82.457, 'America/New_York', 'US', 'USD'),
    (12, 'Pittsburgh', 'PA', '152', 40.441, -79.996, 'America/New_York', 'US', 'USD'),
    (13, 'Cleveland', 'OH', '441', 41.499, -81.694, 'America/New_York', 'US', 'USD'),
    (14, 'Detroit', 'MI', '482', 42.331, -83.046, 'America/Detroit', 'US', 'USD'),
    (15, 'Richmond', 'VA', '232', 37.541, -77.436, 'America/New_York', 'US', 'USD'),
    (16, 'Chicago', 'IL', '606', 41.878, -87.630, 'America/Chicago', 'US', 'USD'),
    (17, 'Houston', 'TX', '770', 29.760, -95.370, 'America/Chicago', 'US', 'USD'),
    (18, 'Dallas', 'TX', '752', 32.777, -96.797, 'America/Chicago', 'US', 'USD'),
    (19, 'Denver', 'CO', '802', 39.739, -104.990, 'America/Denver', 'US', 'USD'),
    (20, 'Phoenix', 'AZ', '850', 33.448, -112.074, 'America/Phoenix', 'US', 'USD'),
    (21, 'Los Angeles', 'CA', '900', 34.052, -118.244, 'America/Los_Angeles', 'US', 'USD'),
    (22, 'San Francisco', 'CA', '941', 37.775, -122.419, 'America/Los_Angeles', 'US', 'USD'),
    (23, 'Seattle', 'WA', '981', 47.606, -122.332, 'America/Los_Angeles', 'US', 'USD'),
    (60, 'London', null, 'EC1', 51.507, -0.128, 'Europe/London', 'GB', 'GBP'),
    (61, 'Paris', null, '750', 48.857, 2.352, 'Europe/Paris', 'FR', 'EUR'),
    (62, 'Madrid', null, '280', 40.417, -3.704, 'Europe/Madrid', 'ES', 'EUR'),
    (63, 'Toronto', null, 'M5V', 43.653, -79.383, 'America/Toronto', 'CA', 'CAD'),
    (64, 'Cancun', null, '775', 21.161, -86.852, 'America/Cancun', 'MX', 'MXN'),
    (65, 'Zurich', null, '800', 47.377, 8.541, 'Europe/Zurich', 'CH', 'CHF'),
    (66, 'Tokyo', null, '100', 35.677, 139.650, 'Asia/Tokyo', 'JP', 'JPY'),
    (67, 'Bangkok', null, '101', 13.756, 100.502, 'Asia/Bangkok', 'TH', 'THB'),
    (68, 'Bucharest', null, '010', 44.427, 26.103, 'Europe/Bucharest', 'RO', 'RON'),
    (69, 'Sao Paulo', null, '010', -23.551, -46.633, 'America/Sao_Paulo', 'BR', 'BRL'),
    (70, 'Yangon', null, '111', 16.841, 96.173, 'Asia/Yangon', 'MM', 'USD'),
    (71, 'Beirut', null, '110', 33.894, 35.502, 'Asia/Beirut', 'LB', 'USD')
) as listed(place, city, state_code, postal_area, lat, lon, time_zone, country, currency);

-- Most live near the bank; `home_slots` and `travel_slots` are drawn from.
set variable home_slots = [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];
set variable travel_slots = [60, 60, 61, 61, 62, 63, 63, 63, 64, 64, 65, 66, 67, 68, 69];

-- What cards are used for: median and spread of a ticket, and how often it is bought from afar.
create table categories as
select * from (values
    (0, '5411', 42.0, 0.75, 0.08), (1, '5812', 34.0, 0.60, 0.05), (2, '5814', 11.0, 0.50, 0.10), (3, '5542', 38.0, 0.40, 0.00),
    (4, '5912', 22.0, 0.70, 0.15), (5, '5311', 48.0, 0.80, 0.35), (6, '5999', 28.0, 0.90, 0.55), (7, '5732', 95.0, 0.90, 0.50),
    (8, '4121', 18.0, 0.50, 0.95), (9, '4111', 4.0, 0.35, 0.20), (10, '5651', 55.0, 0.70, 0.40), (11, '5200', 60.0, 0.90, 0.15),
    (12, '7832', 24.0, 0.40, 0.40), (13, '5816', 9.0, 0.70, 1.00), (14, '4899', 15.0, 0.30, 1.00), (15, '5818', 13.0, 0.80, 1.00),
    (16, '7230', 38.0, 0.50, 0.10), (17, '8011', 60.0, 0.80, 0.20), (18, '7011', 170.0, 0.60, 0.60), (19, '4511', 310.0, 0.60, 0.95),
    (20, '5942', 19.0, 0.60, 0.60), (21, '5995', 36.0, 0.60, 0.30), (22, '7997', 42.0, 0.40, 0.50), (23, '5921', 26.0, 0.60, 0.05),
    (24, '5541', 31.0, 0.45, 0.00), (25, '5813', 24.0, 0.60, 0.00), (26, '5300', 88.0, 0.60, 0.10), (27, '7523', 9.0, 0.60, 0.40),
    (28, '5945', 33.0, 0.70, 0.50), (29, '8299', 75.0, 0.80, 0.90), (30, '6051', 120.0, 0.70, 1.00), (31, '7995', 40.0, 0.80, 0.90)
) as listed(category, mcc, median, spread, online_share);

set variable category_slots = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3,
    4, 4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 7, 7, 8, 8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 12, 12, 13, 13,
    13, 14, 14, 15, 15, 15, 16, 17, 18, 19, 20, 20, 21, 22, 22, 23, 23, 24, 24, 25, 25, 26, 26, 27, 27, 28, 29, 30, 31
];
set variable shop_hours = [7, 8, 8, 9, 10, 10, 11, 11, 12, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 17, 18, 18, 18, 19, 19, 20, 20, 21, 22];
set variable online_hours = [0, 1, 6, 7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 20, 21, 21, 21, 22, 22, 23];
set variable office_hours = [9, 9, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16];
set variable step_names = ['view_balance', 'view_balance', 'view_statement', 'search', 'pay', 'budget', 'card_controls', 'offers'];
set variable step_features = ['accounts', 'accounts', 'documents', 'accounts', 'payments', 'budgeting', 'cards', 'offers'];

set variable home_slots_count = len(getvariable('home_slots'));
set variable travel_slots_count = len(getvariable('travel_slots'));
set variable category_slots_count = len(getvariable('category_slots'));
set variable shop_hours_count = len(getvariable('shop_hours'));
set variable online_hours_count = len(getvariable('online_hours'));
set variable office_hours_count = len(getvariable('office_hours'));
set variable step_names_count = len(getvariable('step_names'));
set variable step_features_count = len(getvariable('step_features'));
