{{ core.core__reference('shared_ip_prefixes') }}
